import { join } from "node:path";
import { readTextIfExists } from "../shared/files.ts";

/** Where files come from: a Maven repository, and a simple index of Python packages (the Java runtime is one). */
export interface Sources {
  readonly maven: string;
  readonly pypi: string;
}

export interface SourceOptions {
  /** From the command line; null where not given. */
  readonly maven: string | null;
  readonly pypi: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const PUBLIC: Sources = { maven: "https://repo.maven.apache.org/maven2", pypi: "https://pypi.org/simple" };

/** Flags, then our env vars, then the mirrors of the user's Maven and pip, then the public ones. */
export function findSources({ maven, pypi, env, home }: SourceOptions): Sources {
  return {
    maven: trimmed(
      maven ??
        env["DUCKHOUSE_MAVEN_URL"] ??
        mavenMirror(readTextIfExists(join(home, ".m2", "settings.xml"))) ??
        PUBLIC.maven,
    ),
    pypi: trimmed(pypi ?? env["DUCKHOUSE_PYPI_URL"] ?? env["PIP_INDEX_URL"] ?? pipIndex(home) ?? PUBLIC.pypi),
  };
}

/** The mirror that stands for Maven Central in settings.xml. Source: https://maven.apache.org/guides/mini/guide-mirror-settings.html */
export function mavenMirror(settings: string | null): string | null {
  const text = (settings ?? "").replaceAll(/<!--[\s\S]*?-->/g, "");
  for (const [, mirror = ""] of text.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)) {
    const of = /<mirrorOf>\s*(.*?)\s*<\/mirrorOf>/.exec(mirror)?.[1]?.split(/\s*,\s*/) ?? [];
    const stands = of.some((id) => ["*", "central", "external:*"].includes(id)) && !of.includes("!central");
    const url = /<url>\s*(.*?)\s*<\/url>/.exec(mirror)?.[1];
    if (stands && url !== undefined) return url.replaceAll("&amp;", "&");
  }
  return null;
}

function pipIndex(home: string): string | null {
  for (const path of [join(home, ".config", "pip", "pip.conf"), join(home, ".pip", "pip.conf"), "/etc/pip.conf"]) {
    const url = /^\s*index[-_]url\s*=\s*(\S+)/m.exec(readTextIfExists(path) ?? "")?.[1];
    if (url !== undefined) return url;
  }
  return null;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
