/** A packet's addresses before and after a hop, with what the hop has changed marked. */

export interface PacketPart {
  readonly text: string;
  readonly isChanged: boolean;
}

/** Splits at the arrow: the source, the destination, and each of them changed or not. */
export function packetParts(text: string, other: string | undefined): readonly PacketPart[] {
  const sides = text.split(' → ');
  const otherSides = other?.split(' → ');
  return sides.map((side, index) => ({
    text: side,
    isChanged: otherSides !== undefined && otherSides.length === sides.length && otherSides[index] !== side,
  }));
}
