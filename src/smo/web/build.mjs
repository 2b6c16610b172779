// Builds what the pages load: one script, one style sheet for each direction, fonts, and the compiled translations.
// No splitting (Django's manifest does not rewrite chunk imports), no source maps shipped.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "static", "dist");

/** Reads the plain subset of gettext that our files use: comments, msgctxt, msgid, msgid_plural, msgstr[n]. */
export function readCatalogue(text) {
  const messages = [];
  let entry = null;
  let field = "";
  for (const line of text.split("\n")) {
    const start = /^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$/.exec(line);
    if (start) {
      if (start[1] === "msgctxt" || (start[1] === "msgid" && !(entry && entry.msgctxt !== undefined && entry.msgid === undefined))) {
        entry = {};
        messages.push(entry);
      }
      field = start[1];
      entry[field] = JSON.parse(start[2]);
    } else if (line.startsWith('"')) {
      entry[field] += JSON.parse(line);
    } else if (line.startsWith("#,") && line.includes("fuzzy")) {
      throw new Error("a fuzzy translation: settle it, then build again");
    } else if (line.trim() !== "" && !line.startsWith("#")) {
      throw new Error(`not a catalogue line: ${line}`);
    }
  }
  return messages;
}

function pairOf(message) {
  const context = message.msgctxt === undefined ? "" : `${message.msgctxt}\u0004`;
  const plural = message.msgid_plural === undefined ? "" : `\u0000${message.msgid_plural}`;
  const forms = Object.keys(message).filter((key) => key.startsWith("msgstr")).sort();
  return [context + message.msgid + plural, forms.map((key) => message[key]).join("\u0000")];
}

/** The binary form that gettext reads: a header, two tables of (length, offset), then the texts. */
export function compileCatalogue(messages) {
  const pairs = messages.map(pairOf).filter(([, text]) => text.replaceAll("\u0000", "") !== "");
  pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const texts = [...pairs.map(([id]) => Buffer.from(id)), ...pairs.map(([, text]) => Buffer.from(text))];
  const tables = Buffer.alloc(28 + 8 * texts.length);
  [0x950412de, 0, pairs.length, 28, 28 + 8 * pairs.length, 0, 0].forEach((word, i) => tables.writeUInt32LE(word, 4 * i));
  let offset = tables.length;
  texts.forEach((text, i) => {
    tables.writeUInt32LE(text.length, 28 + 8 * i);
    tables.writeUInt32LE(offset, 32 + 8 * i);
    offset += text.length + 1;
  });
  return Buffer.concat([tables, ...texts.flatMap((text) => [text, Buffer.from([0])])]);
}

async function compileTranslations() {
  for (const language of await readdir(join(here, "locale"))) {
    const source = join(here, "locale", language, "LC_MESSAGES", "django.po");
    const target = join(dist, "locale", language, "LC_MESSAGES");
    await mkdir(target, { recursive: true });
    await writeFile(join(target, "django.mo"), compileCatalogue(readCatalogue(await readFile(source, "utf8"))));
  }
}

/** Every browser that we serve reads woff2: the woff fallbacks of the font packages stay out. */
const onlyWoff2 = {
  name: "only-woff2",
  setup: ({ onLoad }) =>
    onLoad({ filter: /@fontsource.*\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/,\s*url\([^)]*\.woff\) format\('woff'\)/g, ""),
      loader: "css",
    })),
};

const shared = { bundle: true, minify: true, sourcemap: false, legalComments: "none", logLevel: "warning", outdir: dist };

// What a page loads: the shell everywhere, the questions where something is labeled.
const scripts = ["theme", "app", "questions"];
const ofPlaces = {
  audit: join(here, "auditing", "islands", "audit.ts"),
  desk: join(here, "desk", "islands", "desk.ts"),
  imports: join(here, "imports", "islands", "upload.ts"),
};

await rm(dist, { recursive: true, force: true });
await build({
  ...shared,
  entryPoints: { ...Object.fromEntries(scripts.map((name) => [name, join(here, "islands", `${name}.ts`)])), ...ofPlaces },
  format: "iife",
  target: ["es2022"],
});
await build({
  ...shared,
  entryPoints: { app: join(here, "styles", "app.css"), "app.rtl": join(here, "styles", "app.rtl.css") },
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  plugins: [onlyWoff2],
  target: ["chrome111", "firefox115", "safari16.4"],
});
await compileTranslations();
