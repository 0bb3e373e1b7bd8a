import type { SafetyInputs, Stand, Zone } from './thing.ts'

/** E-stop, contactor feedback, trip and danger inputs of the demo circuits. The E-stop opens the contactor without any software. */
export function safety(zone: Zone): Stand {
  const inputs: SafetyInputs = {
    emergencyStopPressed: false,
    contactorStuckOpen: false,
    rcdTripped: false,
    breakerTripped: false,
    smokeDetected: false,
    gasDetected: false,
    waterDetected: false,
  }
  const closed = () => !inputs.emergencyStopPressed && !inputs.contactorStuckOpen
  return {
    things: {
      panel: {
        inputs,
        values: () => {
          const { contactorStuckOpen: _, ...told } = inputs
          return { ...told, contactorClosed: closed() }
        },
      },
    },
    step: () => {
      zone.mains.live = closed() && !inputs.rcdTripped && !inputs.breakerTripped
    },
  }
}
