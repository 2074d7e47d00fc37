import type { Guide, ShownWhen } from '../../contract/form.ts';

const byRole: ShownWhen = { name: 'auth', is: ['role'] };
const withoutRole: ShownWhen = { name: 'auth', is: ['keys', 'chain'] };

/** Who may assume the role: we, and only when we name the external id. */
const trustPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "AWS": "{principal}" },
      "Action": "sts:AssumeRole",
      "Condition": { "StringEquals": { "sts:ExternalId": "{externalId}" } }
    }
  ]
}`;

/** The least that reading, writing, moving and listing need. */
const bucketPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:ListBucket"],
      "Resource": "arn:aws:s3:::{bucket}"
    },
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      "Resource": "arn:aws:s3:::{bucket}/*"
    }
  ]
}`;

export const guide: Guide = {
  title: 'Prepare the bucket',
  steps: [
    {
      text: 'Save and verify this connection once: it fills in our principal and an external id, which both stand in the trust policy then.',
      when: byRole,
    },
    {
      text: 'Create a role in IAM, for another AWS account, with this trust policy.',
      when: byRole,
      copy: [trustPolicy],
    },
    { text: 'Give the role this policy, and nothing more.', when: byRole, copy: [bucketPolicy] },
    {
      text: 'Copy the ARN of the role into this form. A change of the policies takes up to some minutes.',
      when: byRole,
    },
    {
      text: 'Give the user, or the role of this machine, this policy and nothing more.',
      when: withoutRole,
      copy: [bucketPolicy],
    },
    'Let a lifecycle rule of the bucket remove incomplete multipart uploads after a day: what a lost connection leaves behind is paid for otherwise.',
  ],
};
