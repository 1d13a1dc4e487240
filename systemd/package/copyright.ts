/** The Debian package's copyright file: the terms of everything that is in it, each text once. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { termsOf } from "./copy-package.ts";
import type { InstalledPackage } from "./production-packages.ts";

const PREFACE = `streamerd itself is under the MIT licence (package.json). It is delivered with the parts below, unchanged but for debugging
symbols and for files that only developers need; the programs in dist/ hold copies of some of them, without their
comments. As a whole, because of FFmpeg, the package is under the GNU General Public
License, version 3 or later: /usr/share/common-licenses/GPL-3.

FFmpeg, inside of node-av.node (package @seydx/node-av-linux-*, https://github.com/seydx/node-av): Jellyfin's branch of FFmpeg,
https://github.com/jellyfin/jellyfin-ffmpeg, copyright the FFmpeg developers, the Jellyfin team and the authors of the libraries
that its configuration names, under the GPL, version 3 or later (--enable-gpl --enable-version3). Its source is there, and the
builder's scripts beside it. Its configuration, as the binary tells it:

@CONFIGURATION@

The library fdk-aac has terms of its own (/usr/share/doc/libfdk-aac2/copyright in Debian) which the GPL's owners hold to be
incompatible with it: think of that before you give this package to others.

libjpeg-turbo, inside of @julusian/jpeg-turbo: copyright (C) 2009-2025 D. R. Commander, (C) 2015 Viktor Szathmáry, under the IJG
licence and the modified (3-clause) BSD licence. This software is based in part on the work of the Independent JPEG Group.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following
conditions are met: - Redistributions of source code must retain the above copyright notice, this list of conditions and the
following disclaimer. - Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the
following disclaimer in the documentation and/or other materials provided with the distribution. - Neither the name of the
libjpeg-turbo Project nor the names of its contributors may be used to endorse or promote products derived from this software
without specific prior written permission. THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS", AND ANY
EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR
PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDERS OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF
USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT
LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE
POSSIBILITY OF SUCH DAMAGE.`;

export function renderCopyright(packages: readonly InstalledPackage[]): string {
  const byText = new Map<string, string[]>();
  for (const part of packages) {
    const files = termsOf(part);
    const text = files.length === 0 ? "" : files.map((file) => readFileSync(file, "utf8").trim()).join("\n\n");
    byText.set(text, [...(byText.get(text) ?? []), `${part.name} ${part.version} (${part.license})`]);
  }
  const untold = byText.get("") ?? [];
  byText.delete("");
  const texts = [...byText].map(([text, names]) => `${names.join(", ")}:\n\n${text}`);
  const named = untold.length === 0 ? [] : [`Parts that name their licence and bring no text of it:\n\n${untold.join("\n")}`];
  return `${[PREFACE.replace("@CONFIGURATION@", ffmpegConfiguration(packages)), ...named, ...texts].join(`\n\n${"-".repeat(78)}\n\n`)}\n`;
}

/** A string of the binary, between two zeros. */
function ffmpegConfiguration(packages: readonly InstalledPackage[]): string {
  const engine = packages.find(({ name }) => name.startsWith("@seydx/node-av-linux-"));
  if (engine === undefined) throw new Error("deb: no FFmpeg among the packages");
  const binary = readFileSync(join(engine.folder, "node-av.node"));
  const at = binary.indexOf("--enable-gpl");
  if (at < 0) throw new Error("deb: FFmpeg's configuration is not in node-av.node any more: look at systemd/package/copyright.ts");
  return binary.toString("utf8", binary.lastIndexOf(0, at) + 1, binary.indexOf(0, at));
}
