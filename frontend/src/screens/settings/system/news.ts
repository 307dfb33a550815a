/** What is new, out of the file that tells it with every version. Pure. */

/** A piece of a sentence: as code, or as it is. */
export type Piece = [text: string, isCode: boolean];

export interface Version {
  name: string;
  parts: { title: string; items: Piece[][] }[];
}

const pieces = (text: string): Piece[] =>
  text.replace(/\[([^\]]+)\]\([^)]*\)|\*\*?([^*]+)\*\*?/g, "$1$2").split("`")
    .map((piece, place): Piece => [piece, place % 2 === 1]).filter(([piece]) => piece);

/** The newest first. An item goes on in lines that are indented. */
export function readNews(markdown: string): Version[] {
  const versions: Version[] = [];
  for (const block of markdown.split(/^## /m).slice(1)) {
    const [name = "", ...lines] = block.split("\n");
    const parts = lines.join("\n").split(/^### /m).slice(1).map((part) => {
      const [title = "", ...rest] = part.split("\n");
      const items = rest.join("\n").split(/^- /m).slice(1).map((item) => pieces(item.trim().replace(/\s+/g, " ")));
      return { title: title.trim(), items };
    });
    versions.push({ name: name.trim(), parts });
  }
  return versions;
}
