/** Binds a UDP socket. Rejects with the system's error where that cannot be had: then it is closed. */

import type { BindOptions } from "node:dgram";
import type { SocketAsPromised } from "dgram-as-promised";

export async function bindOrClose(promised: SocketAsPromised, to: BindOptions): Promise<void> {
  try {
    await promised.bind(to);
  } catch (error) {
    promised.socket.close();
    throw error;
  }
}
