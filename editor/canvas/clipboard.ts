/** Parts of a drawing as text: what is copied here can be pasted into another workflow, a chat or a file, and back. */
import { z } from 'zod';
import { noteSchema, transitionSchema, workflowNodeSchema } from '../../contract/workflow.ts';
import type { Piece } from '../state/document/actions.ts';
import { freeLabel, internalName, makeId } from '../state/names.ts';
import type { Selection } from '../state/viewStore.ts';
import type { Point } from './geometry.ts';

/** A whole workflow file fits as well: what else it holds is passed over. */
const pieceSchema = z.object({
  nodes: z.array(workflowNodeSchema).max(5_000),
  transitions: z.array(transitionSchema).max(20_000).default([]),
  notes: z.array(noteSchema).max(1_000).default([]),
});

/** The selected nodes and notes, and the transitions among them. */
export function pickPiece(
  workflow: Piece | { nodes: Piece['nodes']; transitions: Piece['transitions']; notes?: Piece['notes'] | undefined },
  selection: Selection,
): Piece {
  const nodes = workflow.nodes.filter((node) => selection.nodes.includes(node.id));
  const ids = new Set(nodes.map((node) => node.id));
  return {
    nodes,
    transitions: workflow.transitions.filter((one) => ids.has(one.from) && ids.has(one.to)),
    notes: (workflow.notes ?? []).filter((note) => selection.notes.includes(note.id)),
  };
}

export const pieceText = (piece: Piece): string => `${JSON.stringify(piece, null, 2)}\n`;

/** The piece in a text, or null when it holds none. */
export function parsePiece(text: string): Piece | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const parsed = pieceSchema.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.nodes.length + parsed.data.notes.length > 0 ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The piece with ids and names of its own, moved by `shift`. Names that are free stay as they are. */
export function renewPiece(piece: Piece, existing: Piece['nodes'], shift: Point): Piece {
  const labels = new Set(existing.map((node) => node.label));
  const names = new Set(existing.map((node) => node.name));
  const ids = new Map(piece.nodes.map((node) => [node.id, makeId('n')]));
  const nodes = piece.nodes.map((node) => {
    const taken = names.has(node.name) || labels.has(node.label);
    const label = taken ? freeLabel(node.label, labels) : node.label;
    const name = taken ? internalName(label, names) : node.name;
    labels.add(label);
    names.add(name);
    return { ...node, id: ids.get(node.id) ?? makeId('n'), label, name, x: node.x + shift.x, y: node.y + shift.y };
  });
  const transitions = piece.transitions.flatMap((one) => {
    const from = ids.get(one.from);
    const to = ids.get(one.to);
    return from && to ? [{ ...one, id: makeId('t'), from, to }] : [];
  });
  const notes = piece.notes.map((note) => ({ ...note, id: makeId('note'), x: note.x + shift.x, y: note.y + shift.y }));
  return { nodes, transitions, notes };
}

/** The upper left corner of a piece. */
export function pieceCorner(piece: Piece): Point {
  const parts = [...piece.nodes, ...piece.notes];
  return { x: Math.min(...parts.map((part) => part.x)), y: Math.min(...parts.map((part) => part.y)) };
}
