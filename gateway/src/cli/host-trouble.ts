import { lookup } from 'node:dns/promises'

/** Why a host has no address here, in a sentence; undefined when it has one. A name with a typing mistake is not a device that is off. */
export async function hostTrouble(host: string): Promise<string | undefined> {
  try {
    await lookup(host)
    return undefined
  } catch (cause) {
    return `The name "${host}" is not known here (${(cause as { code?: string }).code}): check how it is written, or give the address.`
  }
}
