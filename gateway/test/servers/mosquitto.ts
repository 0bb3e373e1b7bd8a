import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type ServerProcess, startOnFreePorts, startServer } from './server-process.ts'

export interface MosquittoServer extends ServerProcess {
  readonly url: string
  readonly port: number
}

/** Starts a Mosquitto broker on a free loopback port; anonymous, and keeping its sessions in memory only. */
export function startMosquitto(options: { readonly extraConfiguration?: string } = {}): Promise<MosquittoServer> {
  return startOnFreePorts(1, async ([port]) => {
    const server = await startServer({
      binary: 'mosquitto',
      debianPackage: 'mosquitto',
      arguments: async (folder) => {
        const file = join(folder, 'mosquitto.conf')
        // Started by root it would change to a user who may not read the folder.
        const user = process.getuid?.() === 0 ? 'user root\n' : ''
        await writeFile(
          file,
          `${user}listener ${port} 127.0.0.1\nallow_anonymous true\n${options.extraConfiguration ?? ''}\n`,
        )
        return ['-c', file]
      },
      ready: () => accepts(port!),
    })
    return { ...server, url: `mqtt://127.0.0.1:${port}`, port: port! }
  })
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}
