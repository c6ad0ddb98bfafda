import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { layoutOf } from './layoutOf';
import { deleteAt, setAt, type YamlPath } from './plainEdits';
import { renderBlock, renderFlow, renderScalar, type Layout } from './render';

/** A piece of a text and what stands there instead. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Column of a position. */
const columnOf = (text: string, at: number) =>
  at - (text.lastIndexOf('\n', at - 1) + 1);

/** Behind the line of a position, its newline included. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Behind a node, with the comment on its last line. */
function endOf(text: string, node: Node | null | undefined, at: number) {
  const end = node?.range?.[1] ?? at;
  // A block scalar ends behind its newline.
  return text[end - 1] === '\n' && end > at ? end : lineEnd(text, end);
}

/** The pair of a key in a map. */
function pairOf(map: YAMLMap, key: string | number) {
  return map.items.find(
    pair => isScalar(pair.key) && String(pair.key.value) === String(key),
  ) as Pair<Node, Node | null> | undefined;
}

function childOf(node: Node, key: string | number): Node | null | undefined {
  if (isMap(node)) {
    return pairOf(node, key)?.value;
  }
  return isSeq(node) ? (node.items[Number(key)] as Node) : undefined;
}

/** The deepest node on the way to a path, how far it is, and the nodes before it. */
function walk(document: Document.Parsed, path: YamlPath) {
  const nodes: Node[] = [document.contents as unknown as Node];
  for (const key of path) {
    const child = childOf(nodes[nodes.length - 1], key);
    if (!child) {
      break;
    }
    nodes.push(child);
  }
  return nodes;
}

/** Inside of braces there are no lines of its own. */
function outermostFlow(nodes: readonly Node[]): number {
  return nodes.findIndex(node => isCollection(node) && node.flow === true);
}

/** What makes a place say something else; undefined where no piece of text does. */
export function setEdit(
  text: string,
  document: Document.Parsed,
  path: YamlPath,
  value: unknown,
): Edit | undefined {
  const nodes = walk(document, path);
  const last = nodes[nodes.length - 1];
  if (nodes.some(node => isAlias(node))) {
    return undefined;
  }
  const flow = outermostFlow(nodes);
  if (flow >= 0 && flow < path.length) {
    const inner = path.slice(flow);
    const changed = setAt(nodes[flow].toJS(document), inner, value, '');
    return flowEdit(nodes[flow], changed, text);
  }
  const layout = layoutOf(document);
  const rest = path.slice(nodes.length - 1);
  const nested = rest
    .slice(1)
    .reduceRight<unknown>(
      (inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }),
      value,
    );
  if (rest.length === 0) {
    return replaceEdit(text, { document, nodes, path, value, layout });
  }
  if (isMap(last) && last.items.length > 0) {
    return pairEdit(text, last, { [rest[0]]: nested }, layout);
  }
  if (isSeq(last) && rest[0] === last.items.length && last.items.length > 0) {
    return itemEdit(text, last, nested, layout);
  }
  // An empty value, `{}` or `[]`: it gets what is missing below it.
  const whole = typeof rest[0] === 'number' ? [nested] : { [rest[0]]: nested };
  return replaceEdit(text, {
    ...{ document, nodes, layout, value: whole },
    path: path.slice(0, nodes.length - 1),
  });
}

function flowEdit(node: Node, value: unknown, text: string): Edit | undefined {
  if (!node.range) {
    return undefined;
  }
  const [from, to] = node.range;
  const hasPadding = /^[{[]\s/.test(text.slice(from, to));
  return { from, to, text: renderFlow(value, hasPadding) };
}

/** Other content at a place that exists. */
function replaceEdit(
  text: string,
  place: {
    document: Document.Parsed;
    nodes: readonly Node[];
    path: YamlPath;
    value: unknown;
    layout: Layout;
  },
): Edit | undefined {
  const { nodes, path, value, layout } = place;
  const node = nodes[nodes.length - 1];
  const parent = nodes[nodes.length - 2];
  if (!node.range) {
    return undefined;
  }
  const isPlain = typeof value !== 'object' || value === null;
  const isLine = isScalar(node) && !/^BLOCK/.test(node.type ?? '');
  if (isPlain && isLine) {
    const [from, to] = node.range;
    const piece = renderScalar(value, node.type);
    // Behind `key:` with nothing there is no space yet.
    const space = from === to && /[:-]$/.test(text.slice(0, from)) ? ' ' : '';
    return { from, to, text: space + piece };
  }
  const pair = isMap(parent)
    ? pairOf(parent, path[path.length - 1])
    : undefined;
  if (!pair?.key.range) {
    return undefined;
  }
  const from = pair.key.range[0];
  const column = columnOf(text, from);
  const body = renderBlock(
    { [path[path.length - 1]]: value },
    { ...layout, column },
  );
  const to = endOf(text, node, pair.key.range[1]);
  return { from, to, text: body.trimStart() };
}

/** A new pair behind the last one of a map. */
function pairEdit(
  text: string,
  map: YAMLMap,
  value: object,
  layout: Layout,
): Edit | undefined {
  const first = map.items[0].key as Node;
  const last = map.items[map.items.length - 1] as Pair<Node, Node | null>;
  if (!first.range || !last.key.range) {
    return undefined;
  }
  const at = endOf(text, last.value, last.key.range[1]);
  const column = columnOf(text, first.range[0]);
  return insertion(text, at, renderBlock(value, { ...layout, column }));
}

/** A new item behind the last one of a list. */
function itemEdit(
  text: string,
  list: YAMLSeq,
  value: unknown,
  layout: Layout,
): Edit | undefined {
  const column = (list.srcToken as { indent?: number } | undefined)?.indent;
  const last = list.items[list.items.length - 1] as Node;
  if (column === undefined || !last.range) {
    return undefined;
  }
  const at = endOf(text, last, last.range[0]);
  return insertion(text, at, renderBlock([value], { ...layout, column }));
}

function insertion(text: string, at: number, body: string): Edit {
  const isCut = at > 0 && text[at - 1] !== '\n';
  return { from: at, to: at, text: (isCut ? '\n' : '') + body };
}

/** What takes a place away; undefined where no piece of text does. */
export function deleteEdit(
  text: string,
  document: Document.Parsed,
  path: YamlPath,
): Edit | undefined {
  const nodes = walk(document, path.slice(0, -1));
  const parent = nodes[nodes.length - 1];
  const key = path[path.length - 1];
  const flow = outermostFlow(nodes);
  if (flow >= 0) {
    const inner = path.slice(flow);
    return flowEdit(
      nodes[flow],
      deleteAt(nodes[flow].toJS(document), inner),
      text,
    );
  }
  if (!isCollection(parent)) {
    return undefined;
  }
  if (parent.items.length === 1) {
    // What is empty would read as null.
    return replaceEdit(text, {
      ...{ document, nodes, layout: layoutOf(document) },
      path: path.slice(0, -1),
      value: isMap(parent) ? {} : [],
    });
  }
  const index = isMap(parent)
    ? parent.items.indexOf(pairOf(parent, key)!)
    : Number(key);
  const starts = parent.items.map(item => startOf(text, parent, item));
  const from = starts[index];
  const end = endOfItem(text, parent.items[index]);
  if (from === undefined || end === undefined) {
    return undefined;
  }
  const isFirstOnLine = /^\s*$/.test(
    text.slice(text.lastIndexOf('\n', from - 1) + 1, from),
  );
  // The first key of an item shares its line with the dash: the next one takes its place.
  return isFirstOnLine
    ? { from: text.lastIndexOf('\n', from - 1) + 1, to: end, text: '' }
    : { from, to: starts[index + 1] ?? end, text: '' };
}

function startOf(
  text: string,
  parent: YAMLMap | YAMLSeq,
  item: unknown,
): number | undefined {
  if (isMap(parent)) {
    return ((item as Pair).key as Node).range?.[0];
  }
  const start = (item as Node).range?.[0];
  return start === undefined ? undefined : text.lastIndexOf('-', start - 1);
}

function endOfItem(text: string, item: unknown): number | undefined {
  const pair = item as Partial<Pair<Node, Node | null>>;
  if (pair.key?.range) {
    return endOf(text, pair.value, pair.key.range[1]);
  }
  const { range } = item as Node;
  return range ? endOf(text, item as Node, range[0]) : undefined;
}
