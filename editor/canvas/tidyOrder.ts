/** Which node stands above which in a column, so that arrows cross as little as they can and ports keep their order. */

/** What dagre hands over: its columns, in which a long arrow is a chain of nodes of its own. */
export interface Layered {
  nodes(): string[];
  node(id: string): { rank?: number; order: number; dummy?: string };
  edges(): { v: string; w: string; name?: string }[];
}

interface End {
  id: string;
  /** Where on that node the arrow ends, from 0 (top) to 1. */
  share: number;
}
interface Sides {
  before: End[];
  after: End[];
}
type Layers = string[][];

const sweeps = 12;

/**
 * For dagre's `customOrder`, after its own ordering: that knows nothing of ports. `shares` says by the id of a transition where
 * it leaves its node, from 0 (top) to 1; `drawn` where a node stands now, so that what is free keeps to that.
 */
export function orderByPorts(graph: Layered, shares: ReadonlyMap<string, number>, drawn: (id: string) => number): void {
  const sides = sidesOf(graph, shares);
  const given = layersOf(graph);
  const walked = walkOrder(given, sides, drawn);
  const best = [walked, given].map((layers) => improve(layers, sides)).reduce((a, b) => (b.cost < a.cost ? b : a));
  for (const layer of best.layers) {
    for (const [order, id] of layer.entries()) graph.node(id).order = order;
  }
}

function layersOf(graph: Layered): Layers {
  const layers: Layers = [];
  for (const id of graph.nodes()) {
    const { rank, order } = graph.node(id);
    if (rank === undefined) continue;
    layers[rank] ??= [];
    layers[rank][order] = id;
  }
  return Array.from(layers, (layer) => (layer ?? []).filter((id) => id !== undefined));
}

/** A long arrow is a chain of edges of one name; only its first one leaves a port. */
function sidesOf(graph: Layered, shares: ReadonlyMap<string, number>): Map<string, Sides> {
  const sides = new Map<string, Sides>(graph.nodes().map((id) => [id, { before: [], after: [] }]));
  for (const { v, w, name } of graph.edges()) {
    const share = graph.node(v).dummy ? 0.5 : (shares.get(name ?? '') ?? 0.5);
    sides.get(v)?.after.push({ id: w, share });
    sides.get(w)?.before.push({ id: v, share });
  }
  return sides;
}

/** Depth first, from port to port: what a fork leads to stands in the order of its outputs. */
function walkOrder(layers: Layers, sides: ReadonlyMap<string, Sides>, drawn: (id: string) => number): Layers {
  const rankOf = new Map(layers.flatMap((layer, rank) => layer.map((id) => [id, rank] as const)));
  const walked: Layers = layers.map(() => []);
  const seen = new Set<string>();
  const starts = layers.flatMap((layer) => [...layer].sort((a, b) => drawn(a) - drawn(b)));
  for (const start of starts) {
    const open = [start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      walked[rankOf.get(id) ?? 0]?.push(id);
      const after = [...(sides.get(id)?.after ?? [])].sort((a, b) => b.share - a.share);
      open.push(...after.map((end) => end.id));
    }
  }
  return walked;
}

function improve(start: Layers, sides: ReadonlyMap<string, Sides>): { layers: Layers; cost: number } {
  let layers = swapped(start, sides);
  let best = { layers, cost: crossings(layers, sides) };
  for (let sweep = 0; sweep < sweeps && best.cost > 0; sweep++) {
    layers = swapped(swept(layers, sides, sweep % 2 === 0), sides);
    const cost = crossings(layers, sides);
    if (cost < best.cost) best = { layers, cost };
  }
  return best;
}

/** Each node moves to the middle of those that it is joined with in the column before (or behind). */
function swept(layers: Layers, sides: ReadonlyMap<string, Sides>, forward: boolean): Layers {
  const place = placesOf(layers);
  const middle = (id: string, index: number): number => {
    const ends = (forward ? sides.get(id)?.before : sides.get(id)?.after) ?? [];
    const sum = ends.reduce((total, end) => total + (place.get(end.id) ?? 0) + (forward ? end.share : 0.5), 0);
    return ends.length === 0 ? index : sum / ends.length;
  };
  const moved = [...layers];
  for (const rank of forward ? layers.keys() : [...layers.keys()].reverse()) {
    const middles = (layers[rank] ?? []).map((id, index) => ({ id, at: middle(id, index) }));
    const ids = middles.sort((a, b) => a.at - b.at).map(({ id }) => id);
    ids.forEach((id, index) => void place.set(id, index));
    moved[rank] = ids;
  }
  return moved;
}

/** Neighbours change places as long as that takes crossings away. */
function swapped(layers: Layers, sides: ReadonlyMap<string, Sides>): Layers {
  const changed = layers.map((layer) => [...layer]);
  const place = placesOf(changed);
  for (let round = 0, again = true; again && round < sweeps; round++) {
    again = false;
    for (const layer of changed) {
      for (let index = 0; index + 1 < layer.length; index++) {
        const [upper = '', lower = ''] = layer.slice(index, index + 2);
        if (between(upper, lower, sides, place) <= between(lower, upper, sides, place)) continue;
        layer.splice(index, 2, lower, upper);
        place.set(lower, index).set(upper, index + 1);
        again = true;
      }
    }
  }
  return changed;
}

/** Crossings of the arrows of two nodes of a column, if one stands above the other. */
function between(upper: string, lower: string, sides: ReadonlyMap<string, Sides>, place: Map<string, number>): number {
  const at = ({ id, share }: End, port: boolean): number => (place.get(id) ?? 0) + (port ? share : 0.5);
  const [above, below] = [sides.get(upper), sides.get(lower)];
  if (!above || !below) return 0;
  let count = 0;
  for (const a of above.before) for (const b of below.before) if (at(a, true) > at(b, true)) count++;
  for (const a of above.after) for (const b of below.after) if (at(a, false) > at(b, false)) count++;
  return count;
}

function crossings(layers: Layers, sides: ReadonlyMap<string, Sides>): number {
  const place = placesOf(layers);
  return layers.reduce((sum, layer) => sum + inversions(targetsOf(layer)), 0);

  /** The places at which the arrows of a column end, from the uppermost beginning to the lowest. */
  function targetsOf(layer: readonly string[]): number[] {
    const arrows = layer.flatMap((id, index) =>
      (sides.get(id)?.after ?? []).map((end) => ({ from: index + end.share, to: place.get(end.id) ?? 0 })),
    );
    return arrows.sort((a, b) => a.from - b.from || a.to - b.to).map((arrow) => arrow.to);
  }
}

/** How many pairs are the wrong way round; counted in a sorted list that grows. */
function inversions(values: readonly number[]): number {
  const sorted: number[] = [];
  let count = 0;
  for (const value of values) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const half = (low + high) >> 1;
      if ((sorted[half] ?? 0) <= value) low = half + 1;
      else high = half;
    }
    count += sorted.length - low;
    sorted.splice(low, 0, value);
  }
  return count;
}

const placesOf = (layers: Layers): Map<string, number> =>
  new Map(layers.flatMap((layer) => layer.map((id, index) => [id, index] as const)));
