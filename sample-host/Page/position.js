// Squares, pieces and FEN. The rules stay with the host, which sends the legal moves.

export const files = "abcdefgh";
export const promotions = ["q", "r", "b", "n"];

const pieceNames = { p: "pawn", n: "knight", b: "bishop", r: "rook", q: "queen", k: "king" };
const pieceValues = { p: 1, n: 3, b: 3, r: 5, q: 9, k: 0 };

/** Zero-based column and row, seen from White: a1 is 0, 0. */
export const squareAt = (column, row) => files[column] + (row + 1);
export const columnOf = square => files.indexOf(square[0]);
export const rowOf = square => Number(square[1]) - 1;
export const allSquares = Array.from({ length: 64 }, (_, i) => squareAt(i % 8, 7 - (i >> 3)));

/** "wn" for the FEN's "N". */
const codeOf = letter => (letter === letter.toUpperCase() ? "w" : "b") + letter.toLowerCase();
export const nameOf = code => `${code[0] === "w" ? "white" : "black"} ${pieceNames[code[1]]}`;

/** The pieces of a FEN: a map from square to code. */
export function piecesOf(fen) {
  const pieces = new Map();
  fen.split(" ")[0].split("/").forEach((line, fromTop) => {
    let column = 0;
    for (const letter of line) {
      if (letter >= "1" && letter <= "8") column += Number(letter);
      else pieces.set(squareAt(column++, 7 - fromTop), codeOf(letter));
    }
  });
  return pieces;
}

export function kingOf(pieces, side) {
  for (const [square, code] of pieces) if (code === side + "k") return square;
  return null;
}

/** What a side has taken, dearest first, and by how much it is ahead, in pawns. */
export function takenBy(pieces, side) {
  const other = side === "w" ? "b" : "w";
  const left = { p: 8, n: 2, b: 2, r: 2, q: 1 };
  let ahead = 0;
  for (const code of pieces.values()) {
    ahead += code[0] === side ? pieceValues[code[1]] : -pieceValues[code[1]];
    if (code[0] === other && code[1] in left) left[code[1]]--;
  }
  const taken = ["q", "r", "b", "n", "p"].flatMap(kind => Array(Math.max(0, left[kind])).fill(other + kind));
  return { taken, ahead };
}
