import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILD_ID } from "../shared/build-id.ts";
import { writeFileAtomic } from "../shared/files.ts";
import { isRecord } from "../shared/objects.ts";

/**
 * What was found out about texts, kept between commands: it hangs on the text and on the program alone. A file of data in
 * target/, which costs time when it is lost; what cannot be read or written counts as not there.
 */
export class TextMemory<T extends object> {
  private readonly file: string;
  private readonly build: string | null;
  private known: Readonly<Record<string, T>> | null = null;
  private readonly used: Record<string, T> = {};
  private hasNews = false;

  /** `build`: of the program; null remembers nothing. */
  constructor(folder: string, name: string, build: string | null = BUILD_ID) {
    this.file = join(folder, `${name}.json`);
    this.build = build;
  }

  /** `question` is all that the answer hangs on, as JSON. */
  async answer(question: unknown, find: () => Promise<T>): Promise<T> {
    const key = createHash("sha1").update(JSON.stringify(question)).digest("base64");
    this.known ??= this.read();
    const known = this.known[key];
    const answer = known ?? (await find());
    this.hasNews ||= known === undefined;
    this.used[key] = answer;
    return answer;
  }

  /** Keeps what was asked for this time, and forgets the rest. */
  save(): void {
    if (this.build === null || !this.hasNews) return;
    try {
      writeFileAtomic(this.file, [JSON.stringify({ build: this.build, answers: this.used })]);
    } catch {
      // A folder that nobody may write to costs the next command the time that this one took.
    }
  }

  private read(): Record<string, T> {
    try {
      const content: unknown = JSON.parse(readFileSync(this.file, "utf8"));
      if (this.build === null || !isRecord(content) || content["build"] !== this.build) return {};
      return isRecord(content["answers"]) ? (content["answers"] as Record<string, T>) : {};
    } catch {
      return {};
    }
  }
}
