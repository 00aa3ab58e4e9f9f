/** What the file system refuses; other failures of Node's are bugs. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the user's share of the disk is used up",
  EISDIR: "there is a folder of that name",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "there is a file of that name",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "links lead in a circle",
};

export interface SystemFailure {
  /** In the user's terms, with the path. */
  readonly text: string;
  readonly path: string | null;
}

/** Null: it is no refusal of the file system. */
export function systemFailure(error: unknown): SystemFailure | null {
  const { code, syscall, path } = error as { code?: unknown; syscall?: unknown; path?: unknown };
  const reason = typeof code === "string" && typeof syscall === "string" ? REASONS[code] : undefined;
  if (reason === undefined) return null;
  const file = typeof path === "string" ? path : null;
  const what = syscall === "open" || syscall === "read" || syscall === "scandir" ? "opened" : "written";
  return { text: `${file ?? "A file"} cannot be ${what}: ${reason} (${String(code)})`, path: file };
}
