import type { Guide } from '../../../contract/form.ts';

const bySecret = { when: { name: 'proof', is: ['secret'] } };
const byCertificate = { when: { name: 'proof', is: ['certificate'] } };

export const guide: Guide = {
  title: 'Prepare the environment',
  steps: [
    {
      text: 'In the Microsoft Entra admin center, open App registrations and choose New registration. No redirect URI and no API permission is needed.',
    },
    { text: 'Copy Application (client) ID and Directory (tenant) ID from its overview into this form.' },
    {
      text: 'Under Certificates & secrets, add a client secret and copy its value into this form: it is shown once. Note the day on which it ends.',
      ...bySecret,
    },
    {
      text: 'Make a key and a certificate on a machine you trust, for example with this command.',
      copy: [
        'openssl req -x509 -newkey rsa:2048 -nodes -days 730 -subj "/CN=Syncline" -keyout syncline.key -out syncline.crt',
      ],
      ...byCertificate,
    },
    {
      text: 'Under Certificates & secrets, upload syncline.crt. Paste the contents of both files into this form, then delete syncline.key.',
      ...byCertificate,
    },
    {
      text: 'In the Power Platform admin center, open the environment, then Settings, Users + permissions, Application users, and add the app as an application user.',
    },
    {
      text: 'Give that user a security role that may read, create, write and delete the tables you need in the whole organisation: change tracking asks for read access at that level.',
    },
    {
      text: 'To import deleted rows, switch Track changes on in the properties of the table. To restore what an export deleted, switch the recycle bin on in the settings of the environment.',
    },
  ],
};
