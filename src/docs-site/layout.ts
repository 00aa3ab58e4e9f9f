/**
 * A layered drawing from left to right: every node stands right of all its parents, long edges bend around what is
 * between, and each layer is ordered and moved so that edges are short and cross little.
 */
export interface Box {
  readonly id: string;
  readonly width: number;
}

export type Edge = readonly [from: string, to: string];

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placed extends Point {
  readonly id: string;
  readonly width: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** `x`, `y`: the middle of the left edge. */
  readonly boxes: readonly Placed[];
  /** Each edge's points; the first and the last touch the boxes. */
  readonly edges: readonly { readonly edge: Edge; readonly points: readonly Point[] }[];
}

interface Vertex {
  readonly key: string;
  readonly width: number;
  readonly isBend: boolean;
  readonly layer: number;
  readonly before: Vertex[];
  readonly after: Vertex[];
  y: number;
}

const LAYER_GAP = 60;
const ROW = 40;
const BEND_ROW = 16;
const MARGIN = 20;
const SWEEPS = 8;

export function layOut(boxes: readonly Box[], edges: readonly Edge[]): Drawing {
  const layers: Vertex[][] = [];
  const { vertices, chains } = makeVertices(boxes, edges);
  for (const vertex of vertices) (layers[vertex.layer] ??= []).push(vertex);
  for (let index = 0; index < layers.length; index++) layers[index] ??= [];
  orderLayers(layers);
  moveLayers(layers);
  return draw(layers, chains);
}

/** The longest way from a node without parents; what has none stands right before its first child. */
export function layersOf(boxes: readonly Box[], edges: readonly Edge[]): Map<string, number> {
  const after = new Map<string, string[]>(boxes.map(({ id }) => [id, []]));
  const waiting = new Map<string, number>(boxes.map(({ id }) => [id, 0]));
  for (const [from, to] of edges) {
    after.get(from)?.push(to);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
  }
  const sources = boxes.map(({ id }) => id).filter((id) => waiting.get(id) === 0);
  const layers = new Map<string, number>(boxes.map(({ id }) => [id, 0]));
  const queue = [...sources];
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    for (const child of after.get(next) ?? []) {
      layers.set(child, Math.max(layers.get(child) ?? 0, (layers.get(next) ?? 0) + 1));
      const left = (waiting.get(child) ?? 1) - 1;
      waiting.set(child, left);
      if (left === 0) queue.push(child);
    }
  for (const id of sources) {
    const below = (after.get(id) ?? []).map((child) => layers.get(child) ?? 0);
    if (below.length > 0) layers.set(id, Math.max(0, Math.min(...below) - 1));
  }
  return layers;
}

type Chains = readonly { readonly edge: Edge; readonly chain: readonly Vertex[] }[];

function makeVertices(boxes: readonly Box[], edges: readonly Edge[]): { vertices: Vertex[]; chains: Chains } {
  const layers = layersOf(boxes, edges);
  const vertex = (key: string, width: number, layer: number, isBend: boolean): Vertex => {
    const made = { key, width, layer, isBend, before: [], after: [], y: 0 };
    vertices.push(made);
    return made;
  };
  const vertices: Vertex[] = [];
  const real = new Map(boxes.map(({ id, width }) => [id, vertex(id, width, layers.get(id) ?? 0, false)]));
  const chains = edges.flatMap((edge) => {
    const [from, to] = [real.get(edge[0]), real.get(edge[1])];
    // An edge of a circle would go backwards; manifests have none.
    if (from === undefined || to === undefined || from.layer >= to.layer) return [];
    const chain = [from];
    for (let layer = from.layer + 1; layer < to.layer; layer++) chain.push(vertex("", 0, layer, true));
    chain.push(to);
    for (const [index, one] of chain.entries()) {
      const next = chain[index + 1];
      if (next === undefined) continue;
      one.after.push(next);
      next.before.push(one);
    }
    return [{ edge, chain }];
  });
  return { vertices, chains };
}

/** Each layer in the order of what its nodes are joined to, to and fro. */
function orderLayers(layers: Vertex[][]): void {
  setRows(layers);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    for (const layer of isForward ? layers : layers.toReversed()) {
      const wish = new Map(
        layer.map((vertex) => [vertex, mean(isForward ? vertex.before : vertex.after) ?? vertex.y] as const),
      );
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      spread(layer);
    }
  }
}

function setRows(layers: readonly Vertex[][]): void {
  for (const layer of layers) spread(layer);
}

/** Rows below each other, around 0. */
function spread(layer: readonly Vertex[]): void {
  const offsets = offsetsOf(layer);
  const middle = (offsets.at(-1) ?? 0) / 2;
  for (const [index, vertex] of layer.entries()) vertex.y = (offsets[index] ?? 0) - middle;
}

/** How far each is below the first at least. */
function offsetsOf(layer: readonly Vertex[]): number[] {
  let at = 0;
  return layer.map((vertex, index) => {
    const above = layer[index - 1];
    if (above !== undefined)
      at += above.isBend && vertex.isBend ? BEND_ROW : (above.isBend || vertex.isBend ? ROW + BEND_ROW : 2 * ROW) / 2;
    return at;
  });
}

/** Every node as near as it can be to the middle of what it is joined to, without changing the order. */
function moveLayers(layers: readonly Vertex[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      const wished = layer.map((vertex) => mean([...vertex.before, ...vertex.after]) ?? vertex.y);
      const offsets = offsetsOf(layer);
      const fitted = increasing(wished.map((wish, index) => wish - (offsets[index] ?? 0)));
      for (const [index, vertex] of layer.entries()) vertex.y = (fitted[index] ?? 0) + (offsets[index] ?? 0);
    }
}

/** The increasing numbers that are nearest to the given ones: neighbours out of order are pooled. */
export function increasing(wished: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const wish of wished) {
    let pool = { sum: wish, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
}

function mean(vertices: readonly Vertex[]): number | null {
  if (vertices.length === 0) return null;
  return vertices.reduce((sum, { y }) => sum + y, 0) / vertices.length;
}

function draw(layers: readonly Vertex[][], chains: Chains): Drawing {
  const all = layers.flat();
  const top = Math.min(...all.map(({ y }) => y), 0) - ROW / 2 - MARGIN;
  const bottom = Math.max(...all.map(({ y }) => y), 0) + ROW / 2 + MARGIN;
  const lefts: number[] = [];
  let x = MARGIN;
  for (const layer of layers) {
    lefts.push(x);
    x += Math.max(0, ...layer.map(({ width }) => width)) + LAYER_GAP;
  }
  const point = (vertex: Vertex, isEnd: boolean): Point => ({
    x: (lefts[vertex.layer] ?? 0) + (isEnd ? 0 : vertex.width),
    y: vertex.y - top,
  });
  return {
    width: Math.max(x - LAYER_GAP, MARGIN) + MARGIN,
    height: bottom - top,
    boxes: all
      .filter(({ isBend }) => !isBend)
      .map((vertex) => ({ id: vertex.key, width: vertex.width, ...point(vertex, true) })),
    edges: chains.map(({ edge, chain }) => ({
      edge,
      points: chain.flatMap((vertex, index) => {
        if (!vertex.isBend) return [point(vertex, index > 0)];
        const widest = Math.max(0, ...(layers[vertex.layer] ?? []).map(({ width }) => width));
        const start = point(vertex, true);
        return [start, { x: start.x + widest, y: start.y }];
      }),
    })),
  };
}
