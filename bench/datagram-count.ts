/** Counts the datagrams that come whole, run on a host of a bench's LAN: `datagram-count.ts GROUP PORT SECONDS` prints how many, from the first one on. */

import { DgramAsPromised } from "dgram-as-promised";
import { sleep } from "./sleep.ts";

const [group = "", port = "", seconds = ""] = process.argv.slice(2);
const receiving = DgramAsPromised.createSocket({ type: "udp4", reuseAddr: true });
let count = 0;
const first = Promise.withResolvers<void>();
receiving.socket.on("message", () => {
  count++;
  first.resolve();
});
await receiving.bind({ port: Number(port), address: group });
receiving.addMembership(group);
await first.promise;
await sleep(Number(seconds) * 1000);
console.log(count);
await receiving.close();
