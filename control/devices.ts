// What `streamctl devices` shows: the cameras, microphones and screens of this host, in the words of the configuration.

export type CameraForm = { readonly format: string; readonly width: number; readonly height: number; readonly fps: number };

export type Devices = {
  readonly cameras: readonly {
    /** As `source` takes it. */
    readonly source: string;
    readonly name: string;
    /** Why it cannot be used; null if it can. */
    readonly problem: string | null;
    readonly forms: readonly CameraForm[];
  }[];
  readonly microphones: readonly { readonly source: string; readonly name: string }[];
  readonly screens: readonly { readonly source: string }[];
  /** What is missing to see more. */
  readonly hints: readonly string[];
};

export type ListDevices = () => Promise<Devices>;
