import snmp from 'net-snmp'

/** The counter printer as its agent shows it. Paper goes down as it prints, and somebody fills it up. */
export interface PrinterAgent {
  step(seconds: number): void
  close(): Promise<void>
}

/** Pages in an hour of a busy counter, sheets of a tray, pages of a toner. */
const PAGES_PER_HOUR = 45
const TRAY = 250
const TONER_PAGES = 2000
/** Somebody looks into the tray before it is empty. */
const FILLED_UP_AT = 60

const { Integer, OctetString, Counter, TimeTicks } = snmp.ObjectType
type Row = readonly (number | string | Buffer)[]

/** Starts an agent on loopback with one printer, number 1, as RFC 2790 and RFC 3805 lay it out. */
export function startPrinterAgent(port: number, community = 'public'): PrinterAgent {
  const agent = snmp.createAgent({ port, address: '127.0.0.1' }, () => {})
  agent.getAuthorizer().addCommunity(community)
  const mib = agent.getMib()
  const startedMs = Date.now()
  const pages = 48_211
  let hours = 0

  const readOnly = snmp.MaxAccess['read-only']
  mib.registerProvider({
    ...{ name: 'sysUpTime', type: snmp.MibProviderType.Scalar, oid: '1.3.6.1.2.1.1.3' },
    ...{ scalarType: TimeTicks, maxAccess: readOnly },
  })
  mib.setScalarValue('sysUpTime', 0)

  /** A table of the printer: columns by number, indexed by the printer and, with `rows`, by the row. */
  function addTable(name: string, oid: string, columns: Record<number, number>, index: number, row: Row): void {
    const hidden = snmp.MaxAccess['not-accessible']
    mib.registerProvider({
      ...{ name, type: snmp.MibProviderType.Table, oid, maxAccess: readOnly },
      tableColumns: [
        { number: 254, name: 'printer', type: Integer, maxAccess: hidden },
        ...(index > 0 ? [{ number: 255, name: 'row', type: Integer, maxAccess: hidden }] : []),
        ...Object.entries(columns).map(([number, type]) => ({
          ...{ number: Number(number), name: `column${number}`, type, maxAccess: readOnly },
        })),
      ],
      tableIndex: [{ columnName: 'printer' }, ...(index > 0 ? [{ columnName: 'row' }] : [])],
    })
    mib.addTableRow(name, [1, ...(index > 0 ? [index] : []), ...row])
  }
  addTable('device', '1.3.6.1.2.1.25.3.2.1', { 3: OctetString }, 0, ['Counter Laser 4100'])
  addTable('status', '1.3.6.1.2.1.25.3.5.1', { 1: Integer, 2: OctetString }, 0, [3, Buffer.from([0, 0])])
  addTable('general', '1.3.6.1.2.1.43.5.1.1', { 17: OctetString }, 0, ['CNB1A2B3C4'])
  addTable('input', '1.3.6.1.2.1.43.8.2.1', { 9: Integer, 10: Integer }, 1, [TRAY, TRAY])
  addTable('marker', '1.3.6.1.2.1.43.10.2.1', { 4: Counter }, 1, [pages])
  const supply = { 4: Integer, 5: Integer, 8: Integer, 9: Integer }
  addTable('supply', '1.3.6.1.2.1.43.11.1.1', supply, 1, [3, 21, TONER_PAGES, 1400])

  return {
    step(seconds) {
      hours += seconds / 3600
      const printed = Math.floor(hours * PAGES_PER_HOUR)
      mib.setScalarValue('sysUpTime', Math.floor((Date.now() - startedMs) / 10))
      mib.setTableSingleCell('marker', 4, [1, 1], pages + printed)
      mib.setTableSingleCell('input', 10, [1, 1], TRAY - (printed % (TRAY - FILLED_UP_AT)))
    },
    close: () => new Promise((resolve) => agent.close(() => resolve())),
  }
}
