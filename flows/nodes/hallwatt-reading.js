/** Readings as they change. Empty fields let everything through. `payload` is the value, `reading` all that is known about it. */
module.exports = (RED) => {
  function HallwattReading(config) {
    RED.nodes.createNode(this, config)
    const words = ['device', 'quantity', 'zone', 'kind'].filter((word) => config[word])
    const filter = Object.fromEntries(words.map((word) => [word, config[word]]))
    const stop = RED.settings.hallwatt.onReading(filter, (reading) => {
      if (config.onlyGood && reading.quality !== 'good') return
      this.send({ topic: `${reading.device}/${reading.quantity}`, payload: reading.value, reading })
    })
    this.on('close', stop)
  }
  RED.nodes.registerType('hallwatt reading', HallwattReading)
}
