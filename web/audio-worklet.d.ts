/** What stands in the global scope of an AudioWorklet (Web Audio API, section 1.32.2); the compiler's DOM library leaves it out. */

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor(options?: { processorOptions?: unknown });
  process?(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

declare function registerProcessor(name: string, processor: new (options: { processorOptions: unknown }) => AudioWorkletProcessor): void;

/** Seconds of the context at the first sample of the block that is being made. */
declare const currentTime: number;
declare const sampleRate: number;
