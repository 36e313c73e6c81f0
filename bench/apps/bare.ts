import { WebSocketServer } from 'ws';

// As fast as it can be: `ws` echoes each message from the process that holds the connections.
new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]) }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
