// Words of protocols and technologies that a model uses, and what they say. Compared without case, spaces and punctuation.

/** Inside one computer, on one board, or by hand: no network. */
export const LOCAL = new Set(
  'ipc,ui,hmi,touch,physical,analog,analogue,wire,gpio,i2c,spi,uart,serial,serialbus,rs232,rs485,can,canbus,canopen,usb,bus,memory,sharedmemory,file,pipe,function,call,optical,mechanical,paper,voice,display'.split(
    ',',
  ),
);
/** They bring encryption, or run over it. */
export const ENCRYPTED = new Set(
  'tls,tls12,tls13,mutualtls,mtls,dtls,dtls12,dtls13,https,http3,quic,ssh,ssh2,sftp,scp,ftps,ipsec,ikev2,wireguard,vpn,openvpn,dicomtls,mllps,hl7tls,fhirs,mqtts,amqps,wss,ldaps,smtps,snmpv3,smb3,opcuasign,syslogtls,coaps'.split(
    ',',
  ),
);
/** Content and log-ins travel so that anybody on the way reads them. */
export const CLEAR = new Set(
  'http,ftp,tftp,telnet,rlogin,rsh,dicom,hl7,mllp,mqtt,amqp,modbus,modbustcp,bacnet,snmpv1,snmpv2,snmpv2c,smtp,pop3,imap,ldap,vnc,rtsp,syslog,smb1,smbv1,cifs,opcda,opcclassic,ws,websocket,coap,x11,astm,lis2a2,profinet,ethercat,sql,odbc'.split(
    ',',
  ),
);
/** Protocols that nothing should speak any more: log-ins in clear, or no log-in at all. */
export const RETIRED: Readonly<Record<string, string>> = {
  telnet: 'ssh',
  ftp: 'sftp or https',
  tftp: 'https',
  rlogin: 'ssh',
  rsh: 'ssh',
  rexec: 'ssh',
  finger: 'nothing',
  smb1: 'smb3',
  smbv1: 'smb3',
  cifs: 'smb3',
  netbios: 'dns',
  snmpv1: 'snmpv3',
  snmpv2: 'snmpv3',
  snmpv2c: 'snmpv3',
  pptp: 'wireguard or ipsec with ikev2',
  upnp: 'fixed configuration',
  x11: 'a remote session over ssh or tls',
  vnc: 'a remote session over tls with personal accounts',
  opcda: 'opc ua with signing and encryption',
};
/** Cryptography that is out of date; NIST SP 800-131A rev. 2 and RFC 8996, RFC 7465, RFC 6194 as read 2026-11. */
export const OUT_OF_DATE: Readonly<Record<string, string>> = {
  ssl: 'TLS 1.2 or 1.3',
  ssl2: 'TLS 1.2 or 1.3',
  sslv2: 'TLS 1.2 or 1.3',
  ssl3: 'TLS 1.2 or 1.3',
  sslv3: 'TLS 1.2 or 1.3',
  tls1: 'TLS 1.2 or 1.3',
  tls10: 'TLS 1.2 or 1.3',
  tlsv1: 'TLS 1.2 or 1.3',
  tlsv10: 'TLS 1.2 or 1.3',
  tls11: 'TLS 1.2 or 1.3',
  tlsv11: 'TLS 1.2 or 1.3',
  dtls10: 'DTLS 1.2 or 1.3',
  des: 'AES-128 or longer',
  tripledes: 'AES-128 or longer',
  '3des': 'AES-128 or longer',
  tdea: 'AES-128 or longer',
  rc2: 'AES-128 or longer',
  rc4: 'AES-128 or longer',
  blowfish: 'AES-128 or longer',
  aesecb: 'an authenticated mode such as GCM',
  ecb: 'an authenticated mode such as GCM',
  md4: 'SHA-256 or longer',
  md5: 'SHA-256 or longer',
  sha1: 'SHA-256 or longer',
  hmacmd5: 'HMAC-SHA-256',
  rsa512: 'RSA-3072 or P-256',
  rsa1024: 'RSA-3072 or P-256',
  dh1024: 'DH-3072 or X25519',
  dsa1024: 'Ed25519 or P-256',
  ssh1: 'SSH 2',
  sshv1: 'SSH 2',
  wep: 'WPA3, or WPA2 Enterprise',
  wpa: 'WPA3, or WPA2 Enterprise',
  wpa1: 'WPA3, or WPA2 Enterprise',
  tkip: 'CCMP or GCMP',
  wps: 'credentials per device',
  ntlm: 'Kerberos',
  ntlmv1: 'Kerberos',
  lanman: 'Kerberos',
};
/** Platforms whose maker gives no security updates any more, as read 2026-11. */
export const UNSUPPORTED = new Set(
  'windows2000,windowsxp,windowsvista,windows7,windows8,windows81,windowsce,windowsce6,windowsembedded7,windowsserver2003,windowsserver2008,windowsserver2012,python2,python27,openssl10,openssl102,openssl11,openssl111,java6,java7,nodejs12,nodejs14,nodejs16,nodejs18,angularjs,debian8,debian9,debian10,ubuntu1604,ubuntu1804,centos6,centos7,centos8,vxworks5,vxworks6,silverlight,flash'.split(
    ',',
  ),
);

export const plainWord = (word: string) => word.toLocaleLowerCase('en').replaceAll(/[^\p{L}\p{N}]/gu, '');
