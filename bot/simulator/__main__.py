"""Runs the simulator alone: ``python -m bot.simulator --port 8080 --data DIR``. For the demo use ``mitsprache``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.simulator.app import create_simulator
from bot.simulator.server import serve


def main() -> None:
    """Serve on 127.0.0.1 until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--data", type=Path, required=True, help="the folder that everything is kept in")
    options = parser.parse_args()
    asyncio.run(serve(create_simulator(options.data), port=options.port))


if __name__ == "__main__":
    main()
