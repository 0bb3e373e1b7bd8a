/** An item of a DL/T 645 meter is known by its identifier, which the reference shows; how it is numbered inside helps nobody. */
export const placeText = (table: string, from: number, to: number): string =>
  table === 'item' ? identifierText(from) : from === to ? String(from) : `${from}–${to}`

/** The eight hexadecimal digits of a data identifier; an item takes 256 addresses. */
const identifierText = (address: number): string =>
  Math.floor(address / 256)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')

/** The table with what asks for it: a function code of Modbus, a control code of DL/T 645, each as its standard writes it. */
export const tableText = (table: string, code: number): string =>
  table === 'item' ? `${table} (${code.toString(16).toUpperCase()}H)` : `${table} (${code})`
