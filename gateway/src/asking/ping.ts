import { execFile } from 'node:child_process'

/** What a ping gave; undefined when this machine has no ping or may not use it. */
export interface Pinged {
  /** Per cent of the echoes that did not come back. */
  readonly loss: number
  /** Mean, seconds; undefined when none came back. */
  readonly timeS: number | undefined
}

/**
 * Sends `count` echoes with the system's `ping`. ICMP needs a raw socket or the group range of the kernel; Node.js has neither, and
 * the system's program has its right already, so the gateway itself runs without any.
 * @param host as the schema of hall.yaml lets it pass: it never begins with a hyphen
 */
export function ping(host: string, count: number, timeoutMs: number, signal: AbortSignal): Promise<Pinged | undefined> {
  const args = ['-n', '-q', '-c', `${count}`, '-i', '0.2', '-W', `${Math.max(1, Math.ceil(timeoutMs / 1000))}`, host]
  const limitMs = timeoutMs + count * 200 + 2000
  return new Promise((resolve) => {
    const env = { PATH: `${process.env.PATH ?? ''}:/bin:/usr/bin:/sbin:/usr/sbin`, LC_ALL: 'C' }
    execFile('ping', args, { env, timeout: limitMs, signal, windowsHide: true }, (_, stdout) =>
      resolve(readPing(stdout)),
    )
  })
}

/** The summary of iputils and of BusyBox; they differ in one word. */
export function readPing(text: string): Pinged | undefined {
  const loss = /(\d+(?:\.\d+)?)% packet loss/.exec(text)?.[1]
  if (loss === undefined) return undefined
  const mean = /min\/avg\/max(?:\/mdev)? = [\d.]+\/([\d.]+)\//.exec(text)?.[1]
  return { loss: Number(loss), timeS: mean === undefined ? undefined : Number((Number(mean) / 1000).toPrecision(6)) }
}
