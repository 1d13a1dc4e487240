// All of a list that the daemon gives by pages.

const PAGE_LENGTH = 100;

/** `ask`: for a page behind the item of that id, or the first one; `idOf`: what a page goes on from. */
export async function everyPage<Item>(
  ask: (page: { readonly after?: string; readonly limit: number }) => Promise<readonly Item[]>,
  idOf: (item: Item) => string,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (;;) {
    const last = items.at(-1);
    const page = await ask({ ...(last === undefined ? {} : { after: idOf(last) }), limit: PAGE_LENGTH });
    items.push(...page);
    if (page.length < PAGE_LENGTH) return items;
  }
}
