"""Runs the simulator alone: ``python -m bot.simulator --port 8080 --data DIR``. For the demo use ``mitsprache``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.simulator.app import create_simulator
from bot.simulator.server import serve
from bot.simulator.settings import Limits


def main() -> None:
    """Serve on 127.0.0.1 until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="0 for a free one")
    parser.add_argument("--data", type=Path, required=True, help="the folder that everything is kept in")
    parser.add_argument("--no-limits", action="store_true", help="let bots write as fast as they can")
    options = parser.parse_args()
    limits = Limits(per_bot=0, per_chat=0, per_group=0) if options.no_limits else Limits()
    asyncio.run(serve(create_simulator(options.data, limits=limits), port=options.port))


if __name__ == "__main__":
    main()
