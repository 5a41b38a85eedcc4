/** Lets vitest, which is made for newer ones, print failures on Node 20, and says by which command the newer one comes. */

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(
    `This is Node ${process.versions.node}. Some tests need a newer one: npm run test:one -- <path> fetches it and runs what you name.\n`,
  );
}

// What the reporter that prints failures calls, and Node has since 21.
const maps: { groupBy?: typeof groupBy } = Map as never;
maps.groupBy ??= groupBy;

function groupBy<Key, Item>(items: Iterable<Item>, keyOf: (item: Item, index: number) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export {};
