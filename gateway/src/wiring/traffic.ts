import { join, resolve } from 'node:path'
import type { IncomingPublish } from '../broker/broker.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { overhear } from '../dlt645/overhear.ts'
import { topicMatches, topicPattern } from '../profiles/topic-template.ts'
import { kindOfLink } from '../traffic/recording.ts'
import { createTraffic, type RecordingHead, type Traffic } from '../traffic/traffic.ts'
import type { GatewayOptions, Opened } from './opened.ts'

/** The room of raw traffic over the lines and devices of the hall. */
export function openTraffic(
  { hall, version }: { readonly hall: () => ResolvedHall; readonly version: string },
  { folder, clock, log }: Pick<GatewayOptions, 'folder' | 'clock' | 'log'>,
  opened: Opened,
): Traffic {
  const traffic = createTraffic({
    folder: join(resolve(folder, hall().hall.store.path), 'recordings'),
    headOf: (target) => headOf(hall(), target, version),
    overhear,
    clock,
    log,
  })
  opened.add(() => traffic.close())
  return traffic
}

type Head = Omit<RecordingHead, 'format' | 'startedAt'>

function headOf(hall: ResolvedHall, target: { link: string } | { device: string }, gateway: string): Head | undefined {
  const about = { hall: hall.hall.hall.id, gateway }
  if ('link' in target) {
    const link = hall.links.get(target.link)
    if (!link) return undefined
    const devices = [...hall.devices.values()].flatMap(({ id, profileId, connection, variant }) =>
      'link' in connection && connection.link === target.link
        ? [
            {
              ...{ id, profile: profileId },
              ...('unitId' in connection && { unitId: connection.unitId }),
              ...('meter' in connection && { meter: connection.meter }),
              ...(variant !== undefined && { variant }),
            },
          ]
        : [],
    )
    return { ...about, of: kindOfLink(link.type), name: target.link, devices }
  }
  const device = hall.devices.get(target.device)
  if (device?.connection.via !== 'mqtt') return undefined
  const { id, profileId, connection } = device
  return { ...about, of: 'mqtt', name: id, parameters: connection.parameters, devices: [{ id, profile: profileId }] }
}

/** Gives a message to the recording of every device that may have sent it. */
export function recordMessage(traffic: Traffic, hall: ResolvedHall, { user, topic, payload }: IncomingPublish): void {
  if (!traffic.recordsMessages()) return
  for (const { id, connection, profile } of hall.devices.values()) {
    if (connection.via !== 'mqtt' || connection.user !== user || !traffic.isRecording({ device: id })) continue
    const filters = profile.mqtt?.messages.map((message) => topicPattern(message.topic, connection.parameters).filter)
    if (filters?.some((filter) => topicMatches(filter, topic))) traffic.message(id, topic, payload)
  }
}
