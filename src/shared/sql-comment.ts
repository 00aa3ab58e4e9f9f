interface Comment {
  readonly text: string;
  /** Behind the statement instead of before it. */
  readonly append: boolean;
}

/** The statement as it is sent. Servers count lines in this text; the first `linesBefore` are not the statement's. */
export function withComment(sql: string, comment: Comment | null): { text: string; linesBefore: number } {
  if (comment === null) return { text: sql, linesBefore: 0 };
  const block = `/* ${comment.text} */`;
  if (!comment.append) return { text: `${block}\n${sql}`, linesBefore: block.split("\n").length };
  const bare = sql.trimEnd();
  const text = bare.endsWith(";") ? `${bare.slice(0, -1)}\n${block};` : `${bare}\n${block}`;
  return { text, linesBefore: 0 };
}

/** A line of the text that was sent, in the statement alone. The end of a text may lie behind a comment. */
export function lineWithoutComment(line: number, sql: string, linesBefore: number): number {
  return Math.max(1, Math.min(line - linesBefore, sql.split("\n").length));
}
