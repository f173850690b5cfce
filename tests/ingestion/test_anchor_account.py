"""The account that pays: its file, its password, and the contract that it puts on a chain."""

import sys
from pathlib import Path

import pytest
from eth_account import Account

import ingest
from ingestion import anchor_account
from tests.evm_node import ACCOUNTS, FIRST_KEY, rpc
from tests.ingestion.anchoring import PASSWORD, Office, keystore, private

Text = pytest.CaptureFixture[str]
STRANGER = ACCOUNTS[1]


def test_an_account_that_is_not_the_issuers_sends_nothing(online: Office, capsys: Text) -> None:
    online.trust(address=STRANGER)
    online.make()
    assert online.send() == ingest.WRONG_USE
    assert "is not the one of the issuer in the trust file" in capsys.readouterr().err.replace("\n", " ")


def test_an_account_without_money_is_told_before_anything_is_sent(online: Office, capsys: Text) -> None:
    poor = Account.create()
    online.trust(address=poor.address.lower())
    private(online.account, poor.key.to_0x_hex())
    online.make()
    assert online.send() == ingest.SOURCE_TROUBLE
    assert "Nothing was anchored." in capsys.readouterr().err
    assert online.transaction_json()["signed"] is None


def test_a_keystore_is_opened_with_the_password_of_a_variable(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore(online.account)
    online.make()
    assert online.send() == ingest.WRONG_USE
    assert "--password-variable" in capsys.readouterr().err
    assert online.send("--password-variable", "OFFICE_PASSWORD") == ingest.WRONG_USE
    assert "OFFICE_PASSWORD, which should hold the password, is not set" in capsys.readouterr().err.replace("\n", " ")
    monkeypatch.setenv("OFFICE_PASSWORD", "wrong pass phrase")
    assert online.send("--password-variable", "OFFICE_PASSWORD") == ingest.WRONG_USE
    shown = capsys.readouterr()
    assert "the password is wrong" in shown.err
    assert "wrong pass phrase" not in shown.err + shown.out
    monkeypatch.setenv("OFFICE_PASSWORD", PASSWORD)
    assert online.send("--password-variable", "OFFICE_PASSWORD") == ingest.OK
    assert online.outcomes() == ["verified"] * 3


@pytest.mark.parametrize("content", [FIRST_KEY[:-2], "{}", '{"crypto": 1}', "", "\x00" + FIRST_KEY])
def test_a_file_that_holds_no_account_is_refused_without_its_content(tmp_path: Path, content: str) -> None:
    path = private(tmp_path / "account", content)
    with pytest.raises(anchor_account.AccountRefused) as refused:
        anchor_account.read_account(path, lambda: PASSWORD)
    assert str(path) in str(refused.value)
    assert FIRST_KEY[2:-2] not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_account_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = private(tmp_path / "account", FIRST_KEY)
    path.chmod(0o604)
    with pytest.raises(anchor_account.AccountRefused, match="chmod 600"):
        anchor_account.read_account(path, lambda: PASSWORD)
    with pytest.raises(anchor_account.AccountRefused, match="cannot be read"):
        anchor_account.read_account(tmp_path / "absent", lambda: PASSWORD)


def test_keys_in_the_folder_of_a_repository_are_neither_made_nor_used(offline: Office, capsys: Text) -> None:
    (offline.home / ".git").mkdir()
    assert ingest.main(["anchor", "--new-key", str(offline.home / "new.pem")]) == ingest.WRONG_USE
    assert offline.make() == ingest.WRONG_USE
    assert offline.send() == ingest.WRONG_USE
    assert capsys.readouterr().err.count("keep keys outside of every repository") == 3
    assert not (offline.home / "new.pem").exists()


def test_without_the_package_for_accounts_the_offline_way_is_told(
    online: Office, capsys: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    online.make()
    monkeypatch.setitem(sys.modules, "eth_account", None)
    assert online.send() == ingest.WRONG_USE
    shown = capsys.readouterr().err.replace("\n", " ")
    assert "pip install -r requirements-anchor.txt" in shown
    assert "--sent" in shown


def test_the_contract_is_put_on_the_chain_once_and_then_takes_anchors(online: Office, capsys: Text) -> None:
    folder = online.home / "contract"
    assert online.anchor("--deploy", folder=folder) == ingest.OK
    told = online.transaction_json(folder)["transaction"]
    assert "to" not in told
    before = online.sent_count()
    assert online.send("--deploy", folder=folder) == ingest.OK
    assert online.send("--deploy", folder=folder) == ingest.OK
    assert online.sent_count() == before + 1
    shown = capsys.readouterr().out
    tx_hash = online.transaction_json(folder)["tx_hash"]
    address = rpc(online.url, "eth_getTransactionReceipt", tx_hash)["contractAddress"]
    assert shown.count(f'contract = "{address}"') == 2
    assert online.anchor("--deploy", "--sent", tx_hash) == ingest.OK
    online.trust(contract=address)
    online.make()
    assert online.send() == ingest.OK
    assert online.outcomes() == ["verified"] * 3


def test_a_contract_can_be_prepared_without_a_node_and_a_batch_folder_is_not_used_for_it(
    offline: Office, capsys: Text
) -> None:
    folder = offline.home / "contract"
    assert offline.anchor("--deploy", folder=folder) == ingest.SOURCE_TROUBLE
    assert offline.anchor("--deploy", "--chain-id", "295", folder=folder) == ingest.OK
    assert offline.transaction_json(folder)["transaction"]["chainId"] == hex(295)
    offline.make()
    assert offline.anchor("--deploy") == ingest.WRONG_USE
    assert offline.make(folder=folder) == ingest.WRONG_USE
    assert "take another folder" in capsys.readouterr().err.replace("\n", " ")
