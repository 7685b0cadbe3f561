//! The secrets of many texts.

use super::*;

#[test]
fn secrets_are_masked_and_the_rest_is_kept() {
    for (text, expected) in [
        ("password = \"abc\" # x\n", "password = \"***\" # x\n"),
        ("key_password = 'a\\'\n", "key_password = '***'\n"),
        ("password = \"a\\\"b\"\n", "password = \"***\"\n"),
        ("password = hunter2\n", "password = ***\n"),
        ("#password = \"abc\"\n", "#password = \"***\"\n"),
        ("user = {name = \"a\", password = \"b\"}\n", "user = {name = \"a\", password = \"***\"}\n"),
        ("password = \"$secret{admin}\"\n", "password = \"$secret{admin}\"\n"),
        ("[secrets]\nadmin = \"[x]\"\n[b]\nadmin = \"x\"\n", "[secrets]\nadmin = \"***\"\n[b]\nadmin = \"x\"\n"),
        ("[encryption]\nkey = \"0A\"\n", "[encryption]\nkey = \"***\"\n"),
        ("<Password>abc</Password><User>u</User>", "<Password>***</Password><User>u</User>"),
        (
            "<parameter name=\"db.password\" locked=\"x\">abc</parameter>",
            "<parameter name=\"db.password\" locked=\"x\">***</parameter>",
        ),
        ("<Connector keystorePass=\"abc\" port=\"1\"/>", "<Connector keystorePass=\"***\" port=\"1\"/>"),
        ("url = \"amqp://admin:abc@host:5672\"\n", "url = \"amqp://admin:***@host:5672\"\n"),
        ("certPass: abc\n", "certPass: ***\n"),
        ("password = \"é\"\n", "password = \"***\"\n"),
        ("[secrets]\n\"x y\" = ZQ\nfoo ZQ\n# note\n", "[secrets]\n\"x y\" = ***\nfoo ***\n# note\n"),
        ("[\"secrets\"]\nadm = ZQ\n", "[\"secrets\"]\nadm = ***\n"),
        ("[ secrets . 'x y' ]\nadm = ZQ\n[secrets2]\nadm = ZQ\n", "[ secrets . 'x y' ]\nadm = ***\n[secrets2]\nadm = ZQ\n"),
        ("[secrets\nadm = ZQ\n", "[secrets\nadm = ***\n"),
        ("[apim.ai]\nkey = \"ZQ\"\n[apim]\nai.key = \"ZQ\"\n", "[apim.ai]\nkey = \"***\"\n[apim]\nai.key = \"***\"\n"),
        ("[a.password]\nvalue = \"ZQ\"\n[b]\nvalue = \"ZQ\"\n", "[a.password]\nvalue = \"***\"\n[b]\nvalue = \"ZQ\"\n"),
        ("keystore.password \"ZQ\"\n", "keystore.password \"***\"\n"),
        ("password\n= \"ZQ\"\n", "password\n= \"***\"\n"),
        ("passwords = [\n \"ZQ\",\n]\n", "passwords = [\n ***\n]\n"),
        ("<Property name=\"password\" value=\"ZQ\"/>", "<Property name=\"password\" value=\"***\"/>"),
        ("<Property value='ZQ' name='password'/>", "<Property value='***' name='password'/>"),
        ("<p name=“password”>x</p>", "<p name=“password”>***</p>"),
        ("password: >\n  ZQ\nuser: u\n", "password: ***\n  ***\nuser: u\n"),
        ("</KeyPassword></KeyStore> -->\n", "</KeyPassword></KeyStore> -->\n"),
        ("ssl.password=\\\n  ZQ\nx=1\n", "ssl.password=***\n  ***\nx=1\n"),
        ("password = \"\"\"a\nb\"\"\"\nc = 1\n", "password = \"\"\"***\n***\"\"\"\nc = 1\n"),
    ] {
        assert_eq!(masked(text), expected);
    }
}
