// Joins the doctor to the rest of the program: the configuration, the daemon's way of finding interfaces, its codecs.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import * as v from "valibot";
import { loadConfig } from "../../../config/load.ts";
import { describeConfigError } from "../../../config/origin.ts";
import type { ChannelConfig, Config } from "../../../config/schema.ts";
import { readMachine } from "../../../daemon/machine.ts";
import { programFile } from "../../../daemon/program-file.ts";
import { readInterfaces, resolveInterface, routeInterface } from "../../../daemon/send/interfaces.ts";
import { keptDirectories } from "../../../daemon/kept-directories.ts";
import { repairedChannels } from "../../../daemon/repair/kept-packets.ts";
import { examineReceiver } from "./examine-receiver.ts";
import { examineSender } from "./examine-sender.ts";
import { fail, ok, type Finding } from "./finding.ts";
import type { Codecs, DoctorPlan, DoctorRequest, DoctorTools, PlannedChannel } from "./plan.ts";

const SERVICE_CONFIG = "/etc/streamerd/streamerd.yml";
/** What systemd gives the service as its directories. */
const SERVICE_STATE = "/var/lib/streamerd";
const SERVICE_CACHE = "/var/cache/streamerd";
/** Loading both takes a third of a second; a slow card reader's share may take several. */
const CODECS_MS = 30_000;

export async function runDoctor(request: DoctorRequest): Promise<readonly Finding[]> {
  if (request.receive !== null) return examineReceiver(request.receive.run, request.receive.interface, request, tools);
  const planned = tools.plan(request.file);
  if (!planned.ok) return planned.errors.map((error) => fail("config", error, "correct it; streamctl config check looks again"));
  return [ok("config", planned.plan.from), ...(await examineSender(planned.plan, request, tools))];
}

const tools: DoctorTools = {
  plan(named) {
    const file = named ?? (existsSync(SERVICE_CONFIG) ? SERVICE_CONFIG : null);
    const place = file === null ? {} : { file };
    const loaded = loadConfig({ ...place, sets: [], files: [], env: process.env, cwd: process.cwd(), machine: readMachine() });
    if (!loaded.ok) return { ok: false, errors: loaded.errors.map(describeConfigError) };
    const env = file === SERVICE_CONFIG ? { STATE_DIRECTORY: SERVICE_STATE, CACHE_DIRECTORY: SERVICE_CACHE } : process.env;
    return {
      ok: true,
      plan: planOf(loaded.config, env, file ?? `the defaults: there is no ${SERVICE_CONFIG}; --config names another file`),
    };
  },
  findInterface: (wanted, group) => resolveInterface(wanted, group, readInterfaces()),
  routeTo: (address) => routeInterface(readInterfaces().routes, address),
  readCodecs,
};

function planOf(config: Config, env: NodeJS.ProcessEnv, from: string): DoctorPlan {
  const { channels, control, http } = config;
  const listeners = [
    { key: "control.listen", ...control.listen },
    { key: "http.listen", ...http.listen },
    ...(http.operatorListen === null ? [] : [{ key: "http.operatorListen", ...http.operatorListen }]),
  ];
  return {
    from,
    channels: channels.map(planChannel),
    listeners,
    repair: repairedChannels(config).length === 0 ? null : { key: "control.listen", ...control.listen },
    directories: keptDirectories(config, env),
  };
}

function planChannel({ name, group, port, ttl, interfaces, profile, maxPacketBytes, video }: ChannelConfig): PlannedChannel {
  const wanted = interfaces.kind === "auto" ? ["auto"] : interfaces.namesOrAddresses;
  return { name, group, port, ttl, interfaces: wanted, profile, maxPacketBytes, maxFrameBytes: video.maxFrameBytes };
}

const versions = v.object({ ffmpeg: v.string(), jpegTurbo: v.string() });

function readCodecs(): Promise<Codecs> {
  const program = programFile("daemon/source/codec-versions", import.meta.url, "../../..");
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { timeout: CODECS_MS }, (error, stdout, stderr) => {
      if (error !== null) return resolve({ ok: false, reason: lastLine(stderr) ?? error.message });
      const { ffmpeg, jpegTurbo } = v.parse(versions, JSON.parse(stdout));
      resolve({ ok: true, text: `FFmpeg ${ffmpeg}, jpeg-turbo ${jpegTurbo}` });
    });
  });
}

/** Node prints the error before its stack, and its own version last. */
function lastLine(text: string): string | null {
  return text.split("\n").find((line) => /Error/.test(line)) ?? null;
}
