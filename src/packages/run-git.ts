import { spawn } from "node:child_process";
import { fail, type Place } from "../contracts/diagnostic.ts";
import { errorCode } from "../shared/files.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface GitResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The user's own git, without a shell. It never asks for a password: nobody may be there to answer. */
export function runGit(args: readonly string[], cwd: string, env: Env): Promise<GitResult> {
  // A hook of git that calls this program sets these, and git would work on that repository instead.
  const foreign = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const quiet = {
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
    GIT_ASKPASS: env["GIT_ASKPASS"] ?? "",
    GIT_SSH_COMMAND: env["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes",
  };
  return new Promise((done, reject) => {
    const child = spawn("git", [...args], {
      cwd,
      env: { ...env, ...foreign, ...quiet },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", (error) => {
      reject(errorCode(error) === "ENOENT" ? new MissingGit() : error);
    });
    child.on("close", (code) => {
      done({ code, stdout, stderr });
    });
  });
}

class MissingGit extends Error {}

export interface GitSource {
  readonly git: string;
  readonly revision: string | null;
  readonly place: Place;
}

const COMMIT = /^[0-9a-f]{40}$/;

export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** One revision of a repository, without its history, into an empty folder; gives the commit. */
export async function checkOut(source: GitSource, folder: string, env: Env): Promise<string> {
  const { git, place } = source;
  const revision = source.revision ?? "HEAD";
  for (const [key, text] of Object.entries({ git, revision }))
    if (text.startsWith("-") || /[\0\n]/.test(text))
      fail(
        "DH1072",
        `${key}: '${text}' could be taken for an option of git`,
        place,
        `Write the ${key} without the leading '-'.`,
      );
  const steps = [
    ["init", "--quiet", "--template="],
    ["remote", "add", "origin", git],
    // Tags go before branches of the same name.
    ["fetch", "--quiet", "--depth", "1", "--no-tags", "origin", revision],
    ["checkout", "--quiet", "--detach", "FETCH_HEAD"],
    ["rev-parse", "HEAD"],
  ];
  let last = "";
  try {
    for (const step of steps) {
      const { code, stdout, stderr } = await runGit(step, folder, env);
      if (code !== 0) refused(source, stderr);
      last = stdout.trim();
    }
  } catch (error) {
    if (!(error instanceof MissingGit)) throw error;
    fail(
      "DH1073",
      `git was not found, and the package ${git} needs it`,
      place,
      "Install git, and make sure that it is on the PATH.",
    );
  }
  return last;
}

function refused({ git, revision, place }: GitSource, stderr: string): never {
  const missing = /couldn't find remote ref|not our ref/.test(stderr);
  const hint = missing
    ? "Is it a branch, a tag or a whole commit hash of 40 digits? Shortened hashes cannot be fetched."
    : "Try `git ls-remote` with this URL. No password is asked for: use an SSH key, a credential helper, or a token by env_var('DBT_ENV_SECRET_...').";
  fail("DH1073", `Error checking out spec='${revision ?? "HEAD"}' for repo ${git}\n${stderr.trim()}`, place, hint);
}
