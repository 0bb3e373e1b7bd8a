/** RFC 4180: CRLF, quotes doubled. */
export const csvOf = (
  header: readonly string[],
  rows: Iterable<readonly (string | number | boolean | null)[]>,
): string =>
  [header, ...rows]
    .map((row) => row.map(cell).join(','))
    .join('\r\n')
    .concat('\r\n')

/** Whether an Accept header asks for CSV. */
export const wantsCsv = (accept: string | undefined) => accept !== undefined && /\btext\/csv\b/.test(accept)

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // A spreadsheet runs a text that starts like a formula; the apostrophe makes it text again.
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
