import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ClientGrant } from './grants.ts'
import { topicOf } from './topics.ts'

/** What services of the hall may do: read every topic of ours, and with a role give commands, which the gateway then judges. */
export const serviceGrants = ({ hall }: ResolvedHall): ClientGrant[] =>
  hall.services.map(({ id, roles }) => ({
    user: id,
    publish: roles.length === 0 ? [] : [topicOf('command', { hall: hall.hall.id, device: '+', name: '+' })],
    subscribe: [`hallwatt/${hall.hall.id}/#`],
  }))
