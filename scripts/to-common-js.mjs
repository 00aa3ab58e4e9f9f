// A chunk of esbuild's (an ES module) as CommonJS.
import { transform } from "esbuild";
import ts from "typescript";

/**
 * esbuild splits only ES modules, and Node 20 gives no way to keep those compiled (bin/compiled.js). What a chunk takes from
 * another is a constant of its own here: esbuild's CommonJS reads it through two getters at every use, which no compiler
 * sees through. What a chunk loads later is required then; packages from outside are imported as ever, by the loader where
 * there is one: a script with compiled code has no import() of its own.
 */
export async function toCommonJs(text, path) {
  const { body, names } = withConstants(text, path);
  const { code } = await transform(body, {
    format: "cjs",
    platform: "node",
    target: "node20.19",
    define: { "import.meta.dirname": "__dirname" },
    // Less text to scan at every start; names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    charset: "ascii",
  });
  const own = names.length === 0 ? "" : `Object.assign(module.exports,{${names.join()}});\n`;
  return (code + own).replaceAll(/\bimport\(("[^"]+")\)/g, (whole, name) =>
    name.startsWith('"./')
      ? `Promise.resolve().then(()=>require(${name}))`
      : `(typeof importOutside>"u"?${whole}:importOutside(${name}))`,
  );
}

/** A chunk that is loaded by one which it loads itself has no constants yet to give. */
export function refuseCycles(outputs) {
  const states = new Map();
  const visit = (path, way) => {
    if (states.get(path) === "done") return;
    if (states.get(path) === "begun") throw new Error(`chunks import each other: ${[...way, path].join(" > ")}`);
    states.set(path, "begun");
    for (const imported of outputs[path]?.imports ?? [])
      if (imported.kind === "import-statement" && imported.external !== true) visit(imported.path, [...way, path]);
    states.set(path, "done");
  };
  for (const path of Object.keys(outputs)) visit(path, []);
}

/** Imports of other chunks as constants; `names`: what the chunk exports, as parts of an object literal. */
function withConstants(text, path) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  /** Its name here, and outside. */
  const exported = [];
  let body = "";
  let from = 0;
  for (const statement of file.statements) {
    const replacement = importedConstants(statement) ?? takenExports(statement, exported);
    if (replacement === null) continue;
    body += text.slice(from, statement.getStart(file)) + replacement;
    from = statement.end;
  }
  refuseLater(file, exported);
  return {
    body: body + text.slice(from),
    names: exported.map(([local, name]) => (local === name ? name : `${name}:${local}`)),
  };
}

function importedConstants(statement) {
  if (!ts.isImportDeclaration(statement) || !statement.moduleSpecifier.text.startsWith("./")) return null;
  const loaded = `require(${JSON.stringify(statement.moduleSpecifier.text)});`;
  const named = statement.importClause?.namedBindings;
  if (named === undefined) return loaded;
  const parts = named.elements.map(({ propertyName, name }) =>
    propertyName === undefined ? name.text : `${propertyName.text}: ${name.text}`,
  );
  return `const { ${parts.join(", ")} } = ${loaded}`;
}

function takenExports(statement, exported) {
  if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) return null;
  for (const { propertyName, name } of statement.exportClause.elements)
    exported.push([(propertyName ?? name).text, name.text]);
  return "";
}

/** A constant is what a variable was when its chunk had loaded: one that a function sets later cannot be exported. */
function refuseLater(file, exported) {
  const locals = new Set(exported.map(([local]) => local));
  const visit = (node, isLater) => {
    const target = assigned(node);
    if (isLater && target !== null && ts.isIdentifier(target) && locals.has(target.text))
      throw new Error(
        `${file.fileName}: ${target.text} is exported and set by a function; export a function that gives it`,
      );
    const isFunction = ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, isLater || isFunction));
  };
  visit(file, false);
}

function assigned(node) {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment ? node.left : null;
  }
  const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  const isStep = isUnary && [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator);
  return isStep ? node.operand : null;
}
