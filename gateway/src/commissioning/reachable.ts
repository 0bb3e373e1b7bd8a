import { BlockList, isIP } from 'node:net'

/** Where devices of a hall are: this machine and private networks (RFC 1918, RFC 4193). Link-local addresses are left out: cloud machines keep their secrets behind one. */
const HALL_NETWORKS = new BlockList()
HALL_NETWORKS.addSubnet('127.0.0.0', 8, 'ipv4')
HALL_NETWORKS.addSubnet('10.0.0.0', 8, 'ipv4')
HALL_NETWORKS.addSubnet('172.16.0.0', 12, 'ipv4')
HALL_NETWORKS.addSubnet('192.168.0.0', 16, 'ipv4')
HALL_NETWORKS.addAddress('::1', 'ipv6')
HALL_NETWORKS.addSubnet('fc00::', 7, 'ipv6')

/** Whether a person may make the gateway connect there: else it would be a way into networks that are none of theirs. */
export function isHallAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isHallAddress(mapped)
  return HALL_NETWORKS.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The one address behind a name that will be connected to: looked up once, so that the name cannot come to mean another one after
 * the check. Undefined when it is none of the hall's, or nobody knows the name.
 */
export async function hallAddressOf(
  host: string,
  lookUp: (host: string) => Promise<readonly string[]>,
): Promise<string | undefined> {
  const name = host.replace(/^\[|\]$/g, '')
  const addresses = isIP(name) ? [name] : await lookUp(name).catch(() => [])
  return addresses.length > 0 && addresses.every(isHallAddress) ? addresses[0] : undefined
}
