export async function connect() {
  return { statusCode: 200 };
}

export async function disconnect() {
  return { statusCode: 200 };
}
