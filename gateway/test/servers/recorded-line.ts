import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'

export interface RecordedLine {
  readonly port: number
  /** Control codes of the DL/T 645 frames that went to the meter, each once. */
  controlCodes(): number[]
  close(): Promise<void>
}

/**
 * A serial server on whose line a meter gives the answers it once gave, byte for byte. A question that is not asked in the recorded
 * bytes stays without an answer.
 * @param name file beside this one; `#` begins a comment, other lines are a question and its answer in hexadecimal
 */
export async function startRecordedLine(name: string): Promise<RecordedLine> {
  const text = await readFile(join(import.meta.dirname, name), 'utf8')
  const answers = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ').map((bytes) => Buffer.from(bytes, 'hex')) as [Buffer, Buffer])
  const sockets = new Set<Socket>()
  const codes = new Set<number>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let heard = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      for (const code of controlCodesIn(bytes)) codes.add(code)
      heard = Buffer.concat([heard, bytes])
      const found = answers.find(([question]) => heard.subarray(-question.length).equals(question))
      if (!found) return
      heard = Buffer.alloc(0)
      socket.write(found[1])
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    controlCodes: () => [...codes],
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Start, six bytes of address, start, control code (§5.2): read here on its own, for a test must not check the gateway with its own code. */
function controlCodesIn(bytes: Buffer): number[] {
  return [...bytes].flatMap((byte, i) => (byte === 0x68 && bytes[i + 7] === 0x68 ? (bytes[i + 8] ?? []) : []))
}
