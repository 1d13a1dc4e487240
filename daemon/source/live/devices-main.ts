/** Prints the capture devices of this host as one line of JSON. */

import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { listModes } from "./camera-modes.ts";
import { parseRecorders } from "./recorders.ts";
import { silenceEngine } from "../engine-log.ts";

const ARECORD_MS = 3000;

type Listed = { readonly microphones: readonly { readonly source: string; readonly name: string }[]; readonly hints: readonly string[] };

function listCameras() {
  return readdirSync("/dev")
    .filter((name) => /^video\d+$/.test(name))
    .toSorted(new Intl.Collator("en", { numeric: true }).compare)
    .map((device) => {
      const path = `/dev/${device}`;
      const camera = { source: `camera:${path}`, name: readName(device) };
      try {
        accessSync(path, constants.R_OK | constants.W_OK);
      } catch {
        return { ...camera, problem: "no permission to open it; add the user to the group video", forms: [] };
      }
      const forms = listModes(path).map(({ format, width, height, mostFps }) => ({ format, width, height, fps: mostFps }));
      // A camera has several nodes; those for its metadata capture nothing.
      return { ...camera, problem: forms.length === 0 ? "it captures no pictures, or is in use" : null, forms };
    });
}

function readName(device: string): string {
  try {
    return readFileSync(`/sys/class/video4linux/${device}/name`, "utf8").trim();
  } catch {
    return "";
  }
}

function listMicrophones(): Listed {
  try {
    return {
      microphones: parseRecorders(
        execFileSync("arecord", ["-L"], { encoding: "utf8", timeout: ARECORD_MS, stdio: ["ignore", "pipe", "ignore"] }),
      ),
      hints: [],
    };
  } catch {
    return { microphones: [], hints: ["to see microphones install alsa-utils (Debian: apt-get install alsa-utils)"] };
  }
}

silenceEngine();
const display = process.env["DISPLAY"] ?? "";
const screens = display === "" ? [] : [{ source: `screen:${display}` }];
process.stdout.write(`${JSON.stringify({ cameras: listCameras(), ...listMicrophones(), screens })}\n`);
