/** Recording of a voice message, where the browser gives a microphone. */

/** The kinds of sound that Telegram takes as a voice message, the best first. */
const KINDS = ["audio/ogg;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"];
const LONGEST_MS = 120000;

/** One recording in progress. `stop()` resolves to the sound as a Blob, `cancel()` throws the sound away. */
class Recording {
  #recorder;
  #parts = [];
  #began = performance.now();
  #limit;

  constructor(stream) {
    this.#recorder = new MediaRecorder(stream, { mimeType: supportedKind() });
    this.#recorder.addEventListener("dataavailable", (event) => this.#parts.push(event.data));
    this.#recorder.start();
    this.#limit = setTimeout(() => this.#recorder.state === "recording" && this.#recorder.pause(), LONGEST_MS);
  }

  get seconds() {
    return (performance.now() - this.#began) / 1000;
  }

  stop() {
    return new Promise((resolve) => {
      this.#recorder.addEventListener("stop", () => resolve(new Blob(this.#parts, { type: this.#recorder.mimeType })));
      this.cancel();
    });
  }

  cancel() {
    clearTimeout(this.#limit);
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    for (const track of this.#recorder.stream.getTracks()) track.stop();
  }
}

function supportedKind() {
  return KINDS.find((kind) => globalThis.MediaRecorder?.isTypeSupported(kind));
}

/** Begins a recording; null where there is no microphone, no fitting kind of sound, or the reader has refused it. */
export async function startRecording() {
  if (!navigator.mediaDevices?.getUserMedia || !supportedKind()) return null;
  try {
    return new Recording(await navigator.mediaDevices.getUserMedia({ audio: true }));
  } catch {
    return null;
  }
}
