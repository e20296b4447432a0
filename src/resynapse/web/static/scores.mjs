// A person's own scores, read from a CSV in this page and kept in it.

const MOST_ROWS = 2000;

/** Points {day, madrs} of a CSV text; throws {line, field, cause, rule, passes}. */
export function readScores(content) {
  const lines = content.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const head = (lines.shift() ?? "").split(",").map((h) => h.trim().toLowerCase());
  const at = { day: head.indexOf("day"), madrs: head.indexOf("madrs") };
  for (const name of ["day", "madrs"])
    if (at[name] < 0) throw fault(1, name, `there is no column ${name}`, "The first line names the columns.", "day,madrs");
  const out = [];
  lines.forEach((line, i) => {
    if (!line.trim()) return;
    if (out.length >= MOST_ROWS) throw fault(i + 2, "day", `more than ${MOST_ROWS} rows`, "A file holds the scores of one person.", "fewer rows");
    const cells = line.split(",").map((c) => c.trim());
    if (cells.length !== head.length)
      throw fault(i + 2, "", `${cells.length} cells where the first line names ${head.length}`, "Numbers are written with a point, cells parted by commas.", example(head));
    const day = number(cells[at.day], i + 2, "day", -365, 3650, "0", false);
    const madrs = number(cells[at.madrs], i + 2, "madrs", 0, 60, "33", true);
    if (madrs !== null) out.push({ day, madrs });
  });
  if (!out.length) throw fault(2, "", "no score", "Each line below the first is one rating.", example(head));
  return out.sort((a, b) => a.day - b.day);
}

function number(cell, line, field, lo, hi, pass, whole) {
  if (field === "madrs" && (cell === "" || cell === ".")) return null;
  if (!/^-?\d{1,6}(\.\d{1,6})?$/.test(cell)) throw fault(line, field, `${JSON.stringify(cell.slice(0, 20))} is no number`, "Plain digits, with a point if need be.", pass);
  const value = Number(cell);
  if (value < lo || value > hi) throw fault(line, field, `${cell} is outside ${lo} to ${hi}`, field === "madrs" ? "MADRS goes from 0 to 60." : "Days count from the first dose.", pass);
  if (whole && !Number.isInteger(value)) throw fault(line, field, `${cell} is not whole`, "A MADRS total is a whole number.", String(Math.round(value)));
  return value;
}

const example = (head) => head.map((h) => (h === "day" ? "0" : h === "madrs" ? "33" : "")).join(",");

function fault(line, field, cause, rule, passes) {
  return Object.assign(new Error(cause), { line, field, cause, rule, passes });
}
