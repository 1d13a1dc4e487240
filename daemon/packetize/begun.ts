/** Whether a picture could be made into packets, and why not. Pure. */

export type Begun = { readonly ok: true } | { readonly ok: false; readonly reason: string };
