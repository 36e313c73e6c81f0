import { WebSocketServer } from 'ws';

// What nobody can be faster than: `ws` sends back what comes, from the process that holds the connections.
new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
