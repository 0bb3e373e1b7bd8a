import { createServer, type Server } from 'node:http'
import type { HallDevice } from './hall-file.ts'
import { type PrinterAgent, startPrinterAgent } from './network/printer-agent.ts'

export interface NetworkDevices {
  step(seconds: number): void
  stats(): { networkDevices: number }
  close(): Promise<void>
}

/** What a player shows while it works. */
const PAGE = '<!doctype html><meta charset="utf-8"><title>信息屏</title><h1>欢迎光临东湖供电营业厅</h1>'

/** Starts what is asked over the network: printers as SNMP agents, screens as pages. Others of that kind stay silent. */
export async function startNetworkDevices(
  devices: readonly HallDevice[],
  shiftPort: (port: number) => number,
  log: (line: string) => void,
): Promise<NetworkDevices> {
  const printers: PrinterAgent[] = []
  const pages: Server[] = []
  for (const { id, profile, port } of devices) {
    if (port !== undefined && profile === 'snmp/printer') printers.push(startPrinterAgent(shiftPort(port)))
    else if (port !== undefined && profile === 'probe/display') pages.push(await startPage(shiftPort(port)))
    else log(`${id}: nobody simulates a ${profile}; it stays silent.`)
  }
  return {
    step(seconds) {
      for (const printer of printers) printer.step(seconds)
    },
    stats: () => ({ networkDevices: printers.length + pages.length }),
    async close() {
      for (const page of pages) {
        page.close()
        page.closeAllConnections()
      }
      await Promise.all(printers.map((printer) => printer.close()))
    },
  }
}

async function startPage(port: number): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(PAGE)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}
