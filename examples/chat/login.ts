import { sign } from 'jsonwebtoken';

/** For this example on one machine; with CHAT_SECRET in the environment, app and login use that. */
export const DEMO_SECRET = 'known to everybody who can read';

/** Plays the site where users log in: a token for a user. */
export function tokenFor(user: string): string {
  const name = user.charAt(0).toUpperCase() + user.slice(1);
  return sign({ name }, process.env.CHAT_SECRET ?? DEMO_SECRET, { algorithm: 'HS256', subject: user, audience: 'chat', expiresIn: '12h' });
}

// npx tsx login.ts ann
if (require.main === module) console.log(tokenFor(process.argv[2] ?? 'ann'));
