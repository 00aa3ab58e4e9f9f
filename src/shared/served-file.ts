import { rmSync } from "node:fs";
import { readTextIfExists, writeFileAtomic } from "./files.ts";
import { isAlive } from "./is-alive.ts";

/** A server that has a file open, which nobody else can open meanwhile: the way to what is in it. */
export interface FileServer {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** The certificate that it shows; null: it speaks plainly. */
  readonly certificate: string | null;
  readonly needsLogin: boolean;
}

const noteOf = (file: string): string => `${file}.server.json`;

/** Tells others who has the file. */
export function announceServer(file: string, server: FileServer): void {
  writeFileAtomic(noteOf(file), [`${JSON.stringify({ schema_version: 1, ...server })}\n`]);
}

export function withdrawServer(file: string): void {
  rmSync(noteOf(file), { force: true });
}

/** Null: none has it. The note of a process that is gone is removed. */
export function serverOf(file: string): FileServer | null {
  const text = readTextIfExists(noteOf(file));
  if (text === null) return null;
  try {
    const server = JSON.parse(text) as FileServer;
    if (isAlive(server.pid)) return server;
  } catch {
    // A torn note is none.
  }
  withdrawServer(file);
  return null;
}
