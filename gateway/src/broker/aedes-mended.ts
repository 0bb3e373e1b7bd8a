import mqttPacket from 'mqtt-packet'
import type { AedesBroker } from './aedes-types.ts'
import { VOID_TOPIC } from './receive.ts'

// The encoder would keep a buffer for each of 65,536 message ids: 8 MB for the lifetime of the process, to save two bytes a packet.
mqttPacket.writeToStream.cacheNumbers = false

/** What this gateway needs otherwise than Aedes 1.2 does it. */
export function mendAedes(aedes: AedesBroker): void {
  numberQos0Apart(aedes)
  skipVoid(aedes)
}

/**
 * Aedes drops a message as a duplicate when a higher number was delivered before. A retained QoS 0 message takes one step more
 * than one that is not retained, so the second of two sent together would overtake the first and make it vanish. QoS 0 messages
 * are numbered here in a row of their own, at the moment they are delivered.
 */
function numberQos0Apart(aedes: AedesBroker): void {
  const emit = aedes.mq.emit.bind(aedes.mq)
  let counter = 0
  aedes.mq.emit = (packet, done) => {
    if (packet.qos === 0) {
      packet.brokerId = `${aedes.id}/0`
      packet.brokerCounter = ++counter
    }
    return emit(packet, done)
  }
}

/** A message we passed on ourselves comes from Aedes once more, empty, after its acknowledgement: nobody needs to look for readers. */
function skipVoid(aedes: AedesBroker): void {
  const publish = aedes.publish.bind(aedes)
  aedes.publish = (packet, ...rest) => {
    if (packet.topic === VOID_TOPIC && packet.qos !== 0) rest.at(-1)?.()
    else publish(packet, ...rest)
  }
}
