import net from 'node:net'

/** A line to a server on this machine that can be cut, with whatever is on it, and mended under the same port. */
export type TestLine = { readonly url: string; cut(): Promise<void>; mend(): Promise<void> }

export async function openLine(target: string): Promise<TestLine> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<net.Socket>()
  const server = net.createServer((near) => {
    const far = net.connect({ host: hostname, port: Number(targetPort) })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  await listen(0)
  const { port } = server.address() as net.AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    mend: () => listen(port),
  }
}
