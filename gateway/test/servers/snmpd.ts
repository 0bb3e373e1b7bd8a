import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerProcess, startOnFreePorts, startServer } from './server-process.ts'

/** OID → type as snmpd.conf(5) names it, and value; octets as hexadecimal pairs: `['octet', '40']`. */
export type SnmpObjects = Readonly<Record<string, readonly [type: string, value: string | number]>>

export interface Snmpd extends ServerProcess {
  readonly port: number
  /** Changes what the device says from now on. */
  serve(objects: SnmpObjects): Promise<void>
}

/** What everybody may read with, and the v3 user; an agent that takes all three versions at once. */
export const SNMPD = {
  community: 'hall-printers',
  user: 'watcher',
  auth: 'auth-of-the-watcher',
  privacy: 'privacy-of-the-watcher',
}

// The agent's own host tables are registered column by column, and the deepest registration answers.
const SUBTREES = [
  '1.3.6.1.2.1.25.3.2.1.3',
  '1.3.6.1.2.1.25.3.5.1.1',
  '1.3.6.1.2.1.25.3.5.1.2',
  '1.3.6.1.2.1.33',
  '1.3.6.1.2.1.43',
]

/** Starts Debian's SNMP agent on a free loopback port; it answers for the devices of the test as a printer or a UPS would. */
export function startSnmpd(objects: SnmpObjects): Promise<Snmpd> {
  return startOnFreePorts(1, async ([port]) => {
    let folder = ''
    const serve = async (now: SnmpObjects) => {
      const file = join(folder, 'objects.json')
      await writeFile(`${file}.new`, JSON.stringify(now))
      await rename(`${file}.new`, file)
    }
    const server = await startServer({
      binary: 'snmpd',
      debianPackage: 'snmpd',
      arguments: async (place) => {
        folder = place
        await serve(objects)
        const script = `${process.execPath} ${join(import.meta.dirname, 'snmp-objects.mjs')} ${join(folder, 'objects.json')}`
        const lines = [
          `agentaddress udp:127.0.0.1:${port}`,
          `[snmp] persistentDir ${folder}`,
          `rocommunity ${SNMPD.community}`,
          `createUser ${SNMPD.user} SHA ${SNMPD.auth} AES ${SNMPD.privacy}`,
          `rouser ${SNMPD.user} priv`,
          ...SUBTREES.map((oid) => `pass_persist -p 1 .${oid} ${script}`),
        ]
        const file = join(folder, 'snmpd.conf')
        await writeFile(file, `${lines.join('\n')}\n`)
        return ['-f', '-Lo', '-m', '', '-C', '-c', file, '-p', join(folder, 'pid')]
      },
      ready: () => answers(port!),
    })
    return { ...server, port: port!, serve }
  })
}

/** A GetRequest of sysUpTime.0, v2c, byte by byte: the agent answers once it serves. */
async function answers(port: number): Promise<boolean> {
  const community = Buffer.from(SNMPD.community)
  const request = Buffer.from('a01902010102010002010030 0e300c06082b060102010103000500'.replaceAll(' ', ''), 'hex')
  const body = Buffer.concat([Buffer.from([2, 1, 1, 4, community.length]), community, request])
  const socket = createSocket('udp4')
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(200) })
    socket.send(Buffer.concat([Buffer.from([0x30, body.length]), body]), port, '127.0.0.1')
    await answered
    return true
  } finally {
    socket.close()
  }
}
