import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { SNMPD, type Snmpd, type SnmpObjects, startSnmpd } from './servers/snmpd.ts'
import { type GatewayProcess, hallwatt, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

let hall: HallFolder | undefined
let gateway: GatewayProcess | undefined
let agent: Snmpd | undefined
let page: Server | undefined
afterEach(async () => {
  await gateway?.stop()
  await agent?.close()
  page?.close()
  page?.closeAllConnections()
  await hall?.remove()
  delete process.env.HALLWATT_SECRET_HALL_PRINTERS
})

const PRINTER: SnmpObjects = {
  '1.3.6.1.2.1.25.3.5.1.1.1': ['integer', 3],
  '1.3.6.1.2.1.25.3.5.1.2.1': ['octet', '00'],
  '1.3.6.1.2.1.43.10.2.1.4.1.1': ['counter', 310],
}
/** UPS-MIB: the source of the output (3 mains, 5 battery), the battery (2 normal, 3 low), what is left in it, and the load. */
const UPS: SnmpObjects = {
  '1.3.6.1.2.1.33.1.2.1.0': ['integer', 2],
  '1.3.6.1.2.1.33.1.2.4.0': ['integer', 100],
  '1.3.6.1.2.1.33.1.4.1.0': ['integer', 3],
  '1.3.6.1.2.1.33.1.4.4.1.5.1': ['integer', 31],
}
const WELL: SnmpObjects = { ...PRINTER, ...UPS }
/** Bit 1 of the first octet: no paper. The table of alarms of the UPS points to upsAlarmBatteryBad. */
const TROUBLE: SnmpObjects = {
  ...WELL,
  '1.3.6.1.2.1.25.3.5.1.2.1': ['octet', '40'],
  '1.3.6.1.2.1.33.1.2.4.0': ['integer', 12],
  '1.3.6.1.2.1.33.1.4.1.0': ['integer', 5],
  '1.3.6.1.2.1.33.1.4.4.1.5.1': ['integer', 120],
  '1.3.6.1.2.1.33.1.6.2.1.2.1': ['objectid', '.1.3.6.1.2.1.33.1.6.3.1'],
}

interface Alarms {
  readonly alarms: readonly { readonly fault: { readonly code: string; readonly device: string } }[]
}

/** Codes of alarms of a device, once they are as wanted. */
async function alarms(device: string, wanted: (codes: readonly string[]) => boolean): Promise<readonly string[]> {
  for (;;) {
    const { alarms } = (await (await fetch(`${hall!.http}/api/v1/alarms`)).json()) as Alarms
    const codes = alarms.filter(({ fault }) => fault.device === device).map(({ fault }) => fault.code)
    if (wanted(codes)) return codes
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('a printer without paper, a UPS on battery and a terminal whose page hangs become alarms', {
  timeout: 120_000,
}, async () => {
  process.env.HALLWATT_SECRET_HALL_PRINTERS = SNMPD.community
  agent = await startSnmpd(WELL)
  page = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(page, 'listening')
  const { port } = page.address() as AddressInfo
  hall = await makeHallFolder({
    devices: [
      {
        ...{ id: 'printer-01', name: '柜台打印机', profile: 'snmp/printer', zone: 'lobby', periodMs: 1000 },
        ...{ host: '127.0.0.1', port: agent.port, secret: 'hall-printers' },
      },
      {
        ...{ id: 'ups-01', name: '机房 UPS', profile: 'snmp/ups', zone: 'lobby', periodMs: 1000 },
        ...{ host: '127.0.0.1', port: agent.port, secret: 'hall-printers' },
      },
      {
        ...{ id: 'queue-01', name: '取号机', profile: 'probe/terminal', zone: 'lobby', periodMs: 1000 },
        ...{ host: '127.0.0.1', parameters: { port: `${port}` } },
      },
    ],
  })
  gateway = await startGatewayProcess(hall)
  const tried = await hallwatt(
    ...['profile', 'try', '--profile', 'snmp/printer', '--host', '127.0.0.1'],
    ...['--port', `${agent.port}`, '--secret', 'hall-printers'],
  )
  expect(tried).toMatchObject({ code: 0, output: expect.stringMatching(/printed\.invoice\s+310/) })

  await agent.serve(TROUBLE)
  // The page is plain HTTP where TLS is expected: the program behind the port is not the terminal's.
  await Promise.all([
    alarms('printer-01', (codes) => codes.includes('prn.paper_out')),
    alarms('ups-01', (codes) =>
      ['ups.on_battery', 'ups.low', 'ups.bad', 'ups.overload'].every((code) => codes.includes(code)),
    ),
    alarms('queue-01', (codes) => codes.includes('app.frozen')),
  ])
  await agent.serve(WELL)
  const says = async (device: string, value: string) => {
    const readings = async () => JSON.stringify(await (await fetch(`${hall!.http}/api/v1/devices/${device}`)).json())
    while (!(await readings()).includes(`"value":"${value}"`)) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await Promise.all([says('printer-01', 'ok'), says('ups-01', 'mains')])
})
