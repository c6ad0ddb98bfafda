import type { ForgeUser } from '../forge';

/** A person of the sample organisation. */
export interface SamplePerson extends ForgeUser {
  team: SampleTeam;
}

/** A team, which is an organisation of the forge and a group of the catalog. */
export type SampleTeam = 'payments' | 'storefront' | 'platform';

const person = (login: string, name: string, team: SampleTeam) => ({
  login,
  name,
  team,
  email: `${login}@playground.example`,
});

/** Everybody; the first is the guest of the portal. */
export const samplePeople: SamplePerson[] = [
  person('ada', 'Ada Lovelace', 'payments'),
  person('sam', 'Sam Okafor', 'payments'),
  person('mina', 'Mina Park', 'storefront'),
  person('leo', 'Leo Rossi', 'storefront'),
  person('noor', 'Noor Haddad', 'platform'),
  person('tom', 'Tom Becker', 'platform'),
];

/** The teams and what they are for. */
export const sampleTeams: Array<{
  name: SampleTeam;
  title: string;
  description: string;
  system: string;
  systemTitle: string;
}> = [
  {
    name: 'payments',
    title: 'Payments',
    description: 'Takes orders and money, and keeps the books',
    system: 'checkout',
    systemTitle: 'Checkout',
  },
  {
    name: 'storefront',
    title: 'Storefront',
    description: 'What customers see, search and are recommended',
    system: 'shop',
    systemTitle: 'Shop',
  },
  {
    name: 'platform',
    title: 'Platform',
    description: 'The ground the other teams build on',
    system: 'foundations',
    systemTitle: 'Foundations',
  },
];

/** The people of a team. */
export function peopleOf(team: SampleTeam): SamplePerson[] {
  return samplePeople.filter(one => one.team === team);
}
